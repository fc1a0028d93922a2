import { beforeAll, describe, expect, test, vi } from 'vitest'
import { blocksOf } from './blocks.js'
import { typeErrors, writeModules } from './check-types.js'
import { readPages } from './pages.js'
import { programsOf, type Program } from './program.js'

const fence = '```'

/** A page with wrong blocks, to see that each is found. */
const wrong = programsOf(
  blocksOf({
    file: 'wrong.md',
    text: `# Wrong
<!-- setup
import { SimCluster } from 'simcluster'
const cluster = new SimCluster({ nodes: 1 })
-->
${fence}ts
cluster.get('pods', 'web').spec.nodename
${fence}

${fence}ts
import { NoCluster } from 'simcluster'
new NoCluster()
${fence}

<!-- setup
import { SimCluster } from 'simcluster'
const cluster = new SimCluster({ nodes: 1 })
-->
${fence}ts
cluster.nodes().length // => 2
${fence}

<!-- setup continues -->
${fence}ts
cluster.nodes().length // => 1
${fence}

${fence}ts
throw new Error('thrown by a block')
${fence}
`,
  }),
)
const programs = readPages().flatMap((page) => programsOf(blocksOf(page)))
const folder = 'doc-blocks'
const paths = writeModules(folder, [...programs, ...wrong])
const run = async (program: Program): Promise<void> => {
  const path = paths[[...programs, ...wrong].indexOf(program)] ?? ''
  await import(/* @vite-ignore */ path)
}

describe('the compiler', () => {
  let errors: readonly string[] = []
  beforeAll(() => {
    errors = typeErrors(folder, [...programs, ...wrong])
  }, 120_000)

  test('accepts every block', () => {
    expect(errors.filter((error) => !error.startsWith('wrong.md'))).toEqual([])
  })

  test('finds a wrong block, and tells its line', () => {
    expect(errors.filter((error) => error.startsWith('wrong.md')).toSorted()).toEqual([
      expect.stringMatching(/^wrong\.md:11: .*'NoCluster'/),
      expect.stringMatching(/^wrong\.md:7: .*'nodename'/),
    ])
  })
})

describe('blocks run', () => {
  beforeAll(() => {
    const spy = vi.spyOn(console, 'log').mockImplementation(() => {})
    return () => {
      spy.mockRestore()
    }
  })

  for (const program of programs.filter(({ typesOnly, hasTests }) => !typesOnly && !hasTests))
    test(program.name, () => run(program))
})

for (const program of programs.filter(({ typesOnly, hasTests }) => !typesOnly && hasTests))
  describe(program.name, () => run(program))

describe('a wrong block fails', () => {
  test('when a value is not what it says', async () => {
    await expect(run(wrong[2] as Program)).rejects.toThrow(/expected 1 to deeply equal 2/)
  })

  test('when it throws', async () => {
    await expect(run(wrong[3] as Program)).rejects.toThrow('thrown by a block')
  })
})

test('blocks run on Node 20, which does not know `using`', () => {
  expect(programs.filter(({ text }) => /\busing \w+ =/.test(text)).map(({ name }) => name)).toEqual([])
})

test('a comment for no block, or with an unknown word, is an error', () => {
  const page = (text: string) => () => blocksOf({ file: 'wrong.md', text })
  expect(page('<!-- setup\n-->\n\nText')).toThrow('wrong.md:4: a setup comment without a block')
  expect(page('<!-- setup continue -->')).toThrow('wrong.md:1: unknown word of a setup comment: continue')
})
