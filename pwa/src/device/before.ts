/**
 * The files of the versions before, for tabs that still run one: when another tab starts the new version, the service worker of the
 * old one goes, and with it the lazy parts that those tabs have not asked for yet. The server has the new ones alone.
 */
const PREFIX = 'onthaal-before-';
const VERSIONS = 3; // somebody may work all week in a tab, while more than one version comes

/** Keeps what the version before has and the new one has not. Called while the new one is installed: everything is still there. */
export async function keepBefore(isNew: (url: string) => boolean, nowMs: number): Promise<void> {
  for (const name of (await caches.keys()).filter((one) => one.includes('-precache-'))) {
    const files = await caches.open(name);
    const old = (await files.keys()).filter(({ url }) => new URL(url).pathname.startsWith('/assets/') && !isNew(url));
    for (const request of old) {
      const response = await files.match(request);
      if (response) await (await caches.open(PREFIX + nowMs)).put(request, response);
    }
  }
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX)).sort();
  for (const name of names.slice(0, -VERSIONS)) await caches.delete(name);
}

/** A file of this version, of one before, or the server's. */
export const fileOf = async (request: Request): Promise<Response> =>
  (await caches.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
