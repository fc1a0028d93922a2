import { describe, expect, it, test } from 'vitest'
import { SimCluster } from 'simcluster'
import recorded from '../fixtures/kubectl/client-side.json' with { type: 'json' }

interface Recorded {
  readonly words: readonly string[]
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const { files, generators, config, kubeconfig } = recorded as {
  readonly files: Readonly<Record<string, string>>
  readonly generators: readonly Recorded[]
  readonly config: readonly Recorded[]
  readonly kubeconfig: string
}

/** klog writes when and by which process. */
const unlogged = (text: string): string => text.replaceAll(/^([WE])\d{4} [\d:.]+ +\d+ /gm, '$1 ')

describe('what kubectl 1.35.2 prints before it asks a server', () => {
  const cluster = new SimCluster({ nodes: 0 })
  it.each(generators.map((one) => [one.words.join(' '), one] as const))('%s', (_, { words, ...printed }) => {
    const { stdout, stderr, exitCode } = cluster.kubectl(words, { files })
    expect({ stdout, stderr: unlogged(stderr), exitCode }).toEqual({
      ...printed,
      stderr: unlogged(printed.stderr),
    })
  })
})

test('config: what kubectl 1.35.2 prints while it changes a file, and the file', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const folder = new Map(Object.entries(files))
  for (const { words, ...printed } of config) {
    const {
      stdout,
      stderr,
      exitCode,
      files: written,
    } = cluster.kubectl(words, { files: Object.fromEntries(folder), env: { KUBECONFIG: 'work.conf' } })
    expect.soft({ words, stdout, stderr, exitCode }).toEqual({ words, ...printed })
    for (const [path, text] of Object.entries(written)) folder.set(path, text)
  }
  expect(folder.get('work.conf')).toBe(kubeconfig)
})
