import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import type { SimCluster } from 'simcluster'
import type { CounterExample } from '../../src/explore/index.js'
import explored from './explored.js'
import { writeLoaded } from './loaded-module.js'
import { typed } from './typed.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-explore-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const found = at('found.json')
const module = writeLoaded(at('explored.mjs'), { default: explored })
const broken = at('broken.mjs')
writeFileSync(broken, 'export default {')
const controller = fileURLToPath(new URL('../explore/clients/controller.mjs', import.meta.url))

describe('simcluster explore', () => {
  test('explores what a module describes, and keeps the counter-example', async () => {
    const { code, out, err } = await typed('explore', module, '--out', found, '--svg', at('found.svg'))
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out).toMatch(
      /^violated: 1 runs, [^]*create pods in default[^]*violated: at most 2 pods: it does not hold\n {12}/,
    )
    const counterExample = JSON.parse(readFileSync(found, 'utf8')) as CounterExample
    expect(counterExample).toMatchObject({ version: 1, property: 'at most 2 pods', actions: ['scale'] })
    expect(readFileSync(at('found.svg'), 'utf8')).toMatch(/^<svg/)
    const again = await typed('explore', module, '--replay', found)
    expect(again).toEqual({ code: 1, out: out.slice(out.indexOf('\n') + 1), err: '' })
  })

  test('explores a program: kubectl lines are what the user does, the first end is right', async () => {
    const line = 'create configmap gadget --from-literal=gadget=yes'
    const words = ['--nodes', '0', '--patterns', 'intermediate', '--runs', '2', '--out', found, line]
    const { code, out, err } = await typed(
      'explore',
      '--client',
      `${process.execPath} ${controller} intermediate`,
      ...words,
    )
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out).toMatch(
      /^violated: 2 runs, [^]*\* client: create configmaps[^]*crashes[^]*violated: same as faultless/,
    )
  })

  test('fails if the runs say nothing, and says why', async () => {
    const quiet = { name: 'few', holds: (c: SimCluster) => c.list('pods').items.length < 9 }
    const misspelt = writeLoaded(at('misspelt.mjs'), {
      default: { ...explored, always: [quiet], underTest: ['nobody'] },
    })
    const { code, out, err } = await typed('explore', misspelt)
    expect(out).toMatch(/^vacuous: /)
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('underTest names "nobody", and there is no such component'),
    })
  })

  test.each([
    [['explore'], 'write explore FILE, or explore --client'],
    [['explore', 'none.mjs'], 'there is no file none.mjs'],
    [['explore', broken], 'cannot be loaded'],
    [['explore', module, '--nodes', '3'], '--nodes goes with --client only'],
    [['explore', module, '--patterns', 'stale'], '--patterns goes with clients only'],
    [['explore', module, '--delays', '1', '--pct', '3'], '--delays and --pct exclude each other'],
    [['explore', module, '--faults', 'flood=1'], '--faults flood: there are crash, lostResponse'],
    [
      ['explore', '--client', 'true', '--patterns', 'late', 'get pods'],
      '--patterns late: there are intermediate',
    ],
    [
      ['explore', '--client', 'true', '--nodes', '0', '--runs', '1', 'get nothing'],
      `get nothing: error: the server doesn't`,
    ],
  ])('%j is refused', async (words, message) => {
    const { code, err } = await typed(...words)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })
})
