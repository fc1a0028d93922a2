import { checkBits } from '../inputs.js'
import { generateKeyPairSync } from 'node:crypto'
import type { KeyProvider } from '../../pki/index.js'

/**
 * Random keys from node:crypto, about 110 ms each: `new SimCluster({ kubeadm: { keys: nodeKeys() } })`.
 * @example new SimCluster({ kubeadm: { keys: nodeKeys() } })
 */
export function nodeKeys(bits: number = 2048): KeyProvider {
  checkBits([bits])
  return () =>
    generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({
      type: 'pkcs1',
      format: 'pem',
    }) as string
}
