// @types/node-forge describes only the package as a whole.
declare module 'node-forge/lib/aes.js'
declare module 'node-forge/lib/asn1.js'
declare module 'node-forge/lib/pem.js'
declare module 'node-forge/lib/sha1.js'
declare module 'node-forge/lib/sha256.js'
declare module 'node-forge/lib/sha512.js'
declare module 'node-forge/lib/forge.js' {
  const forge: typeof import('node-forge')
  export default forge
}
