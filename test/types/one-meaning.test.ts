import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Two rooms with proofs of their own, read side by side: an access proof and a connection proof. */
const OF_EACH_PROOF = new Set(['proofErrors', 'formatProof'])

/** The entries of the package and their sources: `./dist/rbac/index.js` is src/rbac/index.ts. */
function entries(): ReadonlyMap<string, string> {
  const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly import?: string }>>
  }
  return new Map(
    Object.entries(exports).flatMap(([name, conditions]) => {
      const file = conditions.import
      return file === undefined || !file.startsWith('./dist/')
        ? []
        : [[name, `${ROOT}${file.replace('./dist/', 'src/').replace(/\.js$/, '.ts')}`]]
    }),
  )
}

test('a name that two entries export means one thing', () => {
  const files = entries()
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => readFileSync(path, 'utf8')).config,
    ts.sys,
    ROOT,
  )
  const program = ts.createProgram([...files.values()], options)
  const checker = program.getTypeChecker()
  const meanings = new Map<string, Map<ts.Symbol, string[]>>()
  for (const [entry, file] of files) {
    const source = program.getSourceFile(file)
    const module = source && checker.getSymbolAtLocation(source)
    expect(module, `${entry}: ${file}`).toBeDefined()
    for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0
      const meant = isAlias ? checker.getAliasedSymbol(exported) : exported
      const all = meanings.get(exported.name) ?? new Map<ts.Symbol, string[]>()
      all.set(meant, [...(all.get(meant) ?? []), entry])
      meanings.set(exported.name, all)
    }
  }
  expect(meanings.size).toBeGreaterThan(500)
  const twice = [...meanings].filter(([name, all]) => all.size > 1 && !OF_EACH_PROOF.has(name))
  expect(
    twice.map(([name, all]) => `${name}: ${[...all.values()].map((each) => each.join(' ')).join(' | ')}`),
  ).toEqual([])
})
