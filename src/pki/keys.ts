import * as z from 'zod/mini'
import { argumentsCheck } from '../api/checked-input.js'
import { HASH_SEED, hashNumber, hashText } from '../sim/data/hash.js'
import { keyOf, parsePrivateKey, privateKeyPem } from './crypto/rsa.js'
import type { PrivateKey } from './crypto/rsa.js'
import { numberOf } from './crypto/der.js'
import { testPrimes } from './test-keys.js'

const checkChoice = argumentsCheck('testKeys()', 'testKeys(2)', () => ({ choice: z.int() }))

/**
 * Returns the PEM of a private RSA key (PKCS #1 or #8) for a purpose: the path of a file below
 * /etc/kubernetes, or `user/<name>`. Called once for each purpose; the result becomes part of the cluster's
 * state.
 */
export type KeyProvider = (purpose: string) => string

/** Purposes that must have different keys, whatever the seed. */
const DISTINCT_PURPOSES = [
  'pki/ca',
  'pki/front-proxy-ca',
  'pki/etcd/ca',
  'pki/sa',
  'pki/apiserver',
  'pki/apiserver-kubelet-client',
  'pki/front-proxy-client',
  'pki/etcd/server',
  'pki/etcd/peer',
  'pki/etcd/healthcheck-client',
  'pki/apiserver-etcd-client',
  'admin.conf',
  'super-admin.conf',
  'kubelet.conf',
  'controller-manager.conf',
  'scheduler.conf',
]

/** The number of keys in test-keys.ts, which is only loaded when the first key is needed. */
export const NUMBER_OF_TEST_KEYS = 24

/** Returns the class of a seed. Seeds of one class have the same test keys for the control plane's files. */
export function seedClass(seed: number): number {
  return hashNumber(HASH_SEED, seed) % NUMBER_OF_TEST_KEYS
}

/** Returns one of the published test keys, chosen by seed and purpose. INSECURE, see test-keys.ts. */
export function testKey(seed: number, purpose: string): PrivateKey {
  const fixed = DISTINCT_PURPOSES.indexOf(purpose)
  const others = NUMBER_OF_TEST_KEYS - DISTINCT_PURPOSES.length
  const place =
    fixed >= 0 ? fixed : DISTINCT_PURPOSES.length + (hashText(hashNumber(HASH_SEED, seed), purpose) % others)
  return keyAt((place + seedClass(seed)) % NUMBER_OF_TEST_KEYS)
}

/**
 * Returns a provider of other published test keys, for clusters that must not trust each other: `new
 * SimCluster({ kubeadm: { keys: testKeys(2) } })`. Clusters without `keys` use choice 1. INSECURE, see
 * test-keys.ts.
 * @example new SimCluster({ kubeadm: { keys: testKeys(1) } })
 */
export function testKeys(choice: number): KeyProvider {
  checkChoice([choice])
  return (purpose) => privateKeyPem(testKey(choice, purpose))
}

const made = new Map<number, PrivateKey>()

function keyAt(at: number): PrivateKey {
  let key = made.get(at)
  if (key === undefined) {
    const [p, q] = testPrimes(at)
    made.set(at, (key = keyOf(primeOf(p), primeOf(q))))
  }
  return key
}

const primeOf = (base64url: string): bigint =>
  numberOf(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')))

/** Whether a private key (PEM) is one of those that are published with the package. */
export function isPublishedKey(pem: string): boolean {
  const own = privateKeyPem(cachedKey(pem))
  return Array.from({ length: NUMBER_OF_TEST_KEYS }, (_, at) => at).some(
    (at) => privateKeyPem(keyAt(at)) === own,
  )
}

const parsed = new Map<string, PrivateKey>()
const MAX_PARSED = 1_000

/** Parses a key, with a cache. */
export function cachedKey(pem: string): PrivateKey {
  let key = parsed.get(pem)
  if (key === undefined) {
    if (parsed.size >= MAX_PARSED) parsed.clear()
    parsed.set(pem, (key = parsePrivateKey(pem)))
  }
  return key
}
