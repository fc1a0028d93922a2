export { createBootstrapSigner } from './signer.js'
export type { BootstrapSignerOptions } from './signer.js'
export { createTokenCleaner } from './token-cleaner.js'
