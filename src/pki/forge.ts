import type forge from 'node-forge'

/** The parts of node-forge used here: DER, digests, PEM. */
export type Forge = Pick<typeof forge, 'asn1' | 'md' | 'pem' | 'util'>

let loaded: Forge | undefined

/**
 * Loads the used parts of node-forge on first use, so that importing simcluster does not run them. The build
 * replaces `requireForge` with the bundled modules (scripts/build.ts); when run from source, Node loads them.
 */
export function loadForge(): Forge {
  return (loaded ??= requireForge())
}

/** Avoids a static import, which would run node-forge in every process that uses a cluster. */
function requireForge(): Forge {
  const { createRequire } = process.getBuiltinModule('module')
  const require = createRequire(import.meta.url)
  for (const part of ['asn1', 'sha1', 'sha256', 'sha512', 'pem']) require(`node-forge/lib/${part}.js`)
  return require('node-forge/lib/forge.js') as Forge
}
