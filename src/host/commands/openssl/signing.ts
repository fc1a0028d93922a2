import type { Digest, PrivateKey } from '../../../pki/crypto/rsa.js'
import type { Options } from '../command.js'
import type { CommandCall } from '../command.js'
import { OpensslFault } from './files.js'

/** Virtual ms of a day. */
export const DAY = 86_400_000

/** The digest of a signature: that of the last option that names one. Default SHA-256. */
export const digestOf = (options: Options): Exclude<Digest, 'sha1'> =>
  (['sha512', 'sha384'] as const).find((name) => options.has(name)) ?? 'sha256'

/** Returns another key at each call, as long as there are unused test keys. */
export const newKey = ({ machine }: CommandCall): PrivateKey =>
  machine.cluster.pki.key(`openssl/${machine.newId()}`)

/** Bits of each test key. */
const KEY_BITS = 2048

/**
 * What is told of a key that was asked for with another length than test keys have.
 * @throws OpensslFault for a number that openssl refuses
 */
export function lengthNote(bits: string): string {
  if (Number(bits) < 512)
    throw new OpensslFault(
      'Error setting RSA length\nerror:1C8000AB:Provider routines:rsa_gen_set_params:key size too small',
    )
  return Number(bits) === KEY_BITS ? '' : `simulated: the key has ${KEY_BITS} bits, not ${Number(bits)}\n`
}

/** A serial number of some 20 bytes, another at each call. */
export const newSerial = ({ machine }: CommandCall): bigint => BigInt(`0x4${machine.newId().slice(0, 39)}`)

/**
 * Reads the value of `-set_serial`: decimal, or hexadecimal after `0x`.
 * @throws OpensslFault for anything else
 */
export function givenSerial(text: string): bigint {
  if (!/^(?:0x[0-9A-Fa-f]+|\d+)$/.test(text))
    throw new OpensslFault('error:11000064:X509 V3 routines:s2i_ASN1_INTEGER:bn dec2bn error')
  return BigInt(text)
}
