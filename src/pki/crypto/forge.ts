import 'node-forge/lib/asn1.js'
import 'node-forge/lib/pem.js'
import 'node-forge/lib/sha1.js'
import 'node-forge/lib/sha256.js'
import 'node-forge/lib/sha512.js'
import nodeForge from 'node-forge/lib/forge.js'
import type forgeTypes from 'node-forge'

/** What this folder uses of node-forge: DER, digests, PEM. Each imported part adds itself to this object. */
export const forge: Pick<typeof forgeTypes, 'asn1' | 'md' | 'pem' | 'util'> = nodeForge
