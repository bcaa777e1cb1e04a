// Who may import whom (docs/architecture.md): main/App → features → device → sync; ui and text know nobody.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [`^src/${from}/`, ...allowed.map((folder) => `^src/${folder}/`)] },
});

module.exports = {
  forbidden: [
    only('sync-knows-nobody', 'sync', []),
    only('device-knows-sync', 'device', ['sync']),
    only('ui-knows-nobody', 'ui', []),
    only('text-knows-nobody', 'text', []),
    {
      name: 'features-never-each-other',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: ['^src/features/$1/'] },
    },
    {
      name: 'features-know-ui-text-device-sync',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: '^src/', pathNot: ['^src/(features|ui|text|device|sync)/'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true, enhancedResolveOptions: { extensions: ['.ts', '.js', '.svelte'] } },
};
