import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Base64Progress } from '../../../src/lang/bytes/base64-bytes.js'
import { BASE64_BEGIN, decodeBase64, encodeBase64, endBase64 } from '../../../src/lang/bytes/base64-bytes.js'
import { addToDigest, beginDigest, finishDigest } from '../../../src/lang/bytes/block-digest.js'
import type { Content } from '../../../src/lang/bytes/content.js'
import {
  bytesOfContent,
  contentOf,
  heldSizeOf,
  joinContent,
  joinContents,
  piecesOf,
  sizeOf,
  sliceContent,
  textOfContent,
  zeros,
} from '../../../src/lang/bytes/content.js'
import { MD5 } from '../../../src/lang/bytes/md5.js'
import { SHA_256 } from '../../../src/lang/bytes/sha256.js'
import { clonePlainData, plainDataFromJson, plainDataToJson } from '../../../src/sim/data/plain-data.js'

/** Contents with the bytes that they stand for. */
const part: fc.Arbitrary<readonly [Content, Buffer]> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => [contentOf(bytes), Buffer.from(bytes)] as const),
  fc.string({ unit: 'grapheme', maxLength: 10 }).map((text) => [text, Buffer.from(text)] as const),
  fc.nat(50).map((size) => [zeros(size), Buffer.alloc(size)] as const),
)
const parts = fc.array(part, { maxLength: 12 })

const joined = (contents: readonly Content[]): Content => contents.reduce(joinContent, '')

describe('content', () => {
  test('has the bytes of its parts, however it was joined, and slices of it those of the slice', () => {
    fc.assert(
      fc.property(parts, fc.nat(300), fc.nat(300), (some, from, to) => {
        const expected = Buffer.concat(some.map(([, bytes]) => bytes))
        const contents = some.map(([content]) => content)
        for (const content of [joined(contents), joinContents(contents)]) {
          expect(sizeOf(content)).toBe(expected.length)
          expect(Buffer.from(bytesOfContent(content))).toEqual(expected)
          expect(Buffer.concat([...piecesOf(content, 7)])).toEqual(expected)
          const slice = sliceContent(content, from, to)
          expect(Buffer.from(bytesOfContent(slice))).toEqual(expected.subarray(from, Math.max(from, to)))
          const again = contentOf(bytesOfContent(textOfContent(content)))
          expect(Buffer.from(bytesOfContent(again))).toEqual(expected)
        }
      }),
    )
  })

  test('is plain data: copies share it, and JSON restores its bytes', () => {
    fc.assert(
      fc.property(parts, (some) => {
        const content = joined(some.map(([one]) => one))
        expect(clonePlainData(content)).toBe(content)
        const restored = plainDataFromJson(JSON.parse(JSON.stringify(plainDataToJson(content)))) as Content
        expect(bytesOfContent(restored)).toEqual(bytesOfContent(content))
      }),
    )
  })

  test('made of a stream of small parts has few pieces, and zeros take no memory', () => {
    const chunk = Uint8Array.of(0xff, 1, 2, 3)
    let content: Content = ''
    for (let count = 0; count < 5000; count++) content = joinContent(content, contentOf(chunk))
    expect(typeof content === 'string' ? 0 : content.pieces.length).toBeLessThan(20)
    expect(heldSizeOf(joinContent(content, zeros(1e12)))).toBe(20_000)
    expect(sizeOf(joinContent(content, zeros(1e12)))).toBe(1e12 + 20_000)
  })
})

test.each([
  ['md5', MD5],
  ['sha256', SHA_256],
])('%s of bytes that arrive in parts is that of all of them', (name, digest) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (some) => {
      const state = some.reduce((before, one) => addToDigest(digest, before, one), beginDigest(digest))
      expect(Buffer.from(finishDigest(digest, state)).toString('hex')).toBe(
        createHash(name).update(Buffer.concat(some)).digest('hex'),
      )
    }),
  )
})

describe('base64', () => {
  test('is encoded in lines and decoded in parts of any size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 90 }), (bytes, size) => {
        const text = Buffer.from(encodeBase64(bytes, 76, 0))
        expect(text.toString().replaceAll('\n', '')).toBe(Buffer.from(bytes).toString('base64'))
        let progress: Base64Progress | undefined = BASE64_BEGIN
        const decoded: Uint8Array[] = []
        for (let at = 0; at < text.length; at += size) {
          const next = decodeBase64(text.subarray(at, at + size), progress)
          decoded.push(next?.bytes ?? Uint8Array.of(1))
          progress = next?.progress ?? BASE64_BEGIN
        }
        decoded.push(endBase64(progress) ?? Uint8Array.of(1))
        expect(Buffer.concat(decoded)).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test.each(['a', 'ab=', 'ab==c', 'a*bc', '=abc', 'abc=='])('refuses %j', (text) => {
    const part = decodeBase64(Buffer.from(text), BASE64_BEGIN)
    expect(part === undefined || endBase64(part.progress) === undefined).toBe(true)
  })
})
