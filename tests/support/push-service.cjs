// The mock push service of web-push-testing, on a port: node push-service.cjs PORT. It takes bodies of one content type
// only; declarative pushes have another, which is read here as well.
const express = require('../../pwa/node_modules/express');
const { PushApiModel } = require('../../pwa/node_modules/web-push-testing/src/PushApiModel.js');
const Service = require('../../pwa/node_modules/web-push-testing/src/server.js');

const service = new Service(new PushApiModel(), Number(process.argv[2]));
service._app.use(express.raw({ type: 'application/notification+json' }));
service.startServer();
