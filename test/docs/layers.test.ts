import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { levels } from '../../scripts/lint/layers.js'
import { layerPicture } from '../../scripts/lint/picture.js'
import { repository } from './pages.js'

test('docs/architecture.md shows the layers of the lint: npx tsx scripts/lint/picture.ts', () => {
  const page = readFileSync(join(repository, 'docs/architecture.md'), 'utf8')
  expect(/<!-- layers -->\n```\n(.*?)\n```/s.exec(page)?.[1]).toBe(layerPicture())
})

test('the layers are the folders of src, each with a description', () => {
  const folders = readdirSync(join(repository, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  expect(levels.flat().toSorted()).toEqual(folders.toSorted())
  expect(layerPicture()).not.toMatch(/^\w[\w-]*\s*(?:\(|$)/m)
})
