// Who may import whom (docs/architecture.md): main/App → features → domain → device → sync; ui and text know nobody.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [`^src/${from}/`, ...allowed.map((below) => `^src/${below}`)] },
});

module.exports = {
  forbidden: [
    only('sync-knows-nobody', 'sync', []),
    only('device-knows-sync', 'device', ['sync/']),
    only('domain-knows-device-types', 'domain', ['device/types.ts', 'sync/', 'text/']),
    only('ui-knows-nobody', 'ui', []),
    only('text-knows-nobody', 'text', []),
    {
      name: 'features-never-each-other',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: ['^src/features/$1/'] },
    },
    {
      name: 'features-know-what-is-below',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: '^src/', pathNot: ['^src/(features|domain|ui|text|sync)/', '^src/device/types.ts$'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true, enhancedResolveOptions: { extensions: ['.ts', '.js', '.svelte'] } },
};
