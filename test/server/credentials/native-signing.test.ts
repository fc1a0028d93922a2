import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { cachedKey, privateKeyPem, testKeys } from '../../../src/pki/index.js'
import { sign } from '../../../src/pki/crypto/rsa.js'
import { signNatively } from '../../../src/server/credentials/native-signing.js'

test('Node signs with the bytes that the simulator has without it', () => {
  const key = cachedKey(testKeys(1)('pki/ca'))
  expect(privateKeyPem(key)).toBe(testKeys(1)('pki/ca'))
  const messages = ['', 'a', '\0\xff', 'x'.repeat(1000)]
  const algorithms = ['sha1', 'sha256', 'sha384', 'sha512'] as const
  signNatively()
  const signatures = messages.flatMap((message) =>
    algorithms.map((algorithm) => sign(key, message, algorithm)),
  )
  // of the simulator's own arithmetic
  expect(createHash('sha256').update(signatures.join(), 'latin1').digest('hex')).toBe(
    '3c9bb338fc435830e858bbb1b905ecc6b07c8ca57d99d1b630a06381570d9c73',
  )
})
