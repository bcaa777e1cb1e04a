/** Addresses of scripts: the pages' policy takes none but those that were made here (server/web.py, trusted-types). */
const OURS = /^\/(?:sw\.js|assets\/stretch\.worker-[\w-]+\.js)$/;

const policy = window.trustedTypes?.createPolicy('onthaal', {
  createScriptURL: (url) => {
    if (!OURS.test(url)) throw new TypeError(`no script of ours: ${url}`);
    return url;
  },
});

/** The address of one of our scripts, as the browser takes it. */
export const ourScript = (path: string): string => (policy?.createScriptURL(path) as unknown as string | undefined) ?? path;
