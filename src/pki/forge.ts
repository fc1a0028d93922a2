import type forge from 'node-forge'

/** What this folder uses of node-forge: DER, digests, PEM. */
export type Forge = Pick<typeof forge, 'asn1' | 'md' | 'pem' | 'util'>

let loaded: Forge | undefined

/**
 * Loads the used parts of node-forge at the first call, so that importing simcluster does not run them. The
 * build puts the bundled modules in the place of `requireForge` (scripts/build.ts); from sources it asks
 * Node.
 */
export function loadForge(): Forge {
  return (loaded ??= requireForge())
}

/** Without a static import, since that would run node-forge in every process that touches a cluster. */
function requireForge(): Forge {
  const { createRequire } = process.getBuiltinModule('module')
  const require = createRequire(import.meta.url)
  for (const part of ['asn1', 'sha1', 'sha256', 'sha512', 'pem']) require(`node-forge/lib/${part}.js`)
  return require('node-forge/lib/forge.js') as Forge
}
