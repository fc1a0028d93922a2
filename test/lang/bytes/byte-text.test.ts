import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteDecoder, bytesOfText, isText, textOfBytes } from '../../../src/lang/bytes/byte-text.js'

test('any bytes come back from their text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(bytesOfText(textOfBytes(bytes))).toEqual(bytes)
    }),
  )
})

test('text stays as it is, and is known as text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(textOfBytes(new TextEncoder().encode(text))).toBe(text)
      expect(isText(text)).toBe(true)
    }),
  )
  expect(isText(textOfBytes(Uint8Array.of(0x61, 0xff)))).toBe(false)
})

test('pieces give the same text as the whole', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ maxLength: 4 }),
      fc.nat(20),
      (text, more, size) => {
        const bytes = Uint8Array.from([...new TextEncoder().encode(text), ...more])
        const decoder = new ByteDecoder()
        let read = ''
        for (let at = 0; at < bytes.length; at += size + 1)
          read += decoder.decode(bytes.subarray(at, at + size + 1))
        expect(bytesOfText(read + decoder.decode(undefined, true))).toEqual(bytes)
      },
    ),
  )
})
