import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkManifests } from '../../../src/cluster/check/check-manifests.js'

/** Manifests that work on a cluster like kind, with what is often taken for a fault. */
const folder = new URL('sound/', import.meta.url)

test.for(readdirSync(folder).sort())('nothing is wrong with %s, on any of four releases', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const { findings } = checkManifests([{ path: file, text }], {
    versions: ['v1.29', 'v1.31', 'v1.34', 'v1.35'],
  })
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([])
})
