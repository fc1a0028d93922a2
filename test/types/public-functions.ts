import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The source of each entry of the package, by the key of its export: `./netpol`. */
function entries(): ReadonlyMap<string, string> {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: { readonly import: string } }>>
  }
  return new Map(
    Object.entries(exports).flatMap(([key, value]) => {
      if (typeof value === 'string') return []
      const file = value.types.import.replace('./dist/', 'src/').replace('.d.ts', '.ts')
      return [[key, join(root, file)] as const]
    }),
  )
}

/**
 * Finds each function that a user can call and that takes something: the functions and classes that the
 * entries of the package export (`netpol:evaluate`, `new SimCluster`, `SimCluster.restore`), and the methods
 * of every exported type that one of them returns, or hands to a callback (`NodeHandle.drain`,
 * `ComponentHost.informer`). The compiler knows them, so that none can be forgotten.
 */
export function publicFunctions(): ReadonlySet<string> {
  const files = entries()
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    { noEmit: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  )
  const program = ts.createProgram([...files.values()], config?.options ?? {})
  return new Search(program).of(files)
}

class Search {
  readonly #checker: ts.TypeChecker
  readonly #program: ts.Program
  readonly #found = new Set<string>()
  readonly #seen = new Set<ts.Type>()
  readonly #exported = new Set<ts.Symbol>()

  constructor(program: ts.Program) {
    this.#program = program
    this.#checker = program.getTypeChecker()
  }

  of(files: ReadonlyMap<string, string>): ReadonlySet<string> {
    const all = [...files].flatMap(([entry, file]) =>
      this.#exportsOf(file).map(({ symbol, isType }) => ({ entry, symbol, isType })),
    )
    for (const { symbol } of all) this.#exported.add(symbol)
    for (const { entry, symbol, isType } of all)
      if (!isType && (symbol.flags & ts.SymbolFlags.Value) !== 0) this.#addValue(entry, symbol)
    return this.#found
  }

  /** The exports of a file, and whether they are exported as types only. */
  #exportsOf(file: string): readonly { readonly symbol: ts.Symbol; readonly isType: boolean }[] {
    const source = this.#program.getSourceFile(file)
    const module = source && this.#checker.getSymbolAtLocation(source)
    if (module === undefined) throw new Error(`assertion failed: ${file} has no exports`)
    return this.#checker.getExportsOfModule(module).map((each) => {
      const isAlias = (each.flags & ts.SymbolFlags.Alias) !== 0
      const isType = (each.declarations ?? []).some((declaration) =>
        ts.isTypeOnlyImportOrExportDeclaration(declaration),
      )
      return { symbol: isAlias ? this.#checker.getAliasedSymbol(each) : each, isType }
    })
  }

  #addValue(entry: string, symbol: ts.Symbol): void {
    const type = this.#checker.getTypeOfSymbol(symbol)
    const { name } = symbol
    const calls = type.getCallSignatures()
    const constructors = type.getConstructSignatures()
    this.#add(`${entry.replace(/^\.\/?/, '') || 'simcluster'}:${name}`, calls)
    this.#add(`new ${name}`, constructors)
    if (constructors.length > 0)
      for (const property of this.#membersOf(type))
        if (property.name !== 'prototype')
          this.#add(`${name}.${property.name}`, this.#checker.getTypeOfSymbol(property).getCallSignatures())
    if (calls.length + constructors.length === 0) this.#walk(type, name)
  }

  /** Adds a function, if it takes anything, and goes on with what it returns and hands out. */
  #add(name: string, signatures: readonly ts.Signature[]): void {
    if (signatures.some(({ parameters }) => parameters.length > 0)) this.#found.add(name)
    for (const signature of signatures) {
      this.#walk(signature.getReturnType(), name)
      for (const parameter of signature.parameters)
        this.#handedOut(this.#checker.getTypeOfSymbol(parameter), name, 0)
    }
  }

  /** Goes on with what callbacks in a parameter are given. */
  #handedOut(type: ts.Type, name: string, depth: number): void {
    if (depth > 3) return
    const actual = this.#checker.getNonNullableType(type)
    for (const { parameters } of actual.getCallSignatures())
      for (const parameter of parameters) this.#walk(this.#checker.getTypeOfSymbol(parameter), name)
    if (actual.isUnionOrIntersection())
      for (const part of actual.types) this.#handedOut(part, name, depth + 1)
    else if (this.#isOurs(actual.symbol))
      for (const property of this.#membersOf(actual))
        this.#handedOut(this.#checker.getTypeOfSymbol(property), name, depth + 1)
  }

  #walk(type: ts.Type, path: string): void {
    const actual = this.#checker.getNonNullableType(type)
    if (this.#seen.has(actual)) return
    this.#seen.add(actual)
    if (actual.isUnion()) return actual.types.forEach((part) => this.#walk(part, path))
    const parts = this.#checker.getTypeArguments(actual as ts.TypeReference)
    for (const part of [...parts, ...(actual.aliasTypeArguments ?? [])]) this.#walk(part, path)
    const { symbol, aliasSymbol } = actual
    const isNamed = symbol !== undefined && !symbol.name.startsWith('__')
    if (isNamed && (!this.#isOurs(symbol) || isData(symbol))) return
    if (isNamed && !this.#exported.has(symbol) && !(aliasSymbol && this.#exported.has(aliasSymbol))) return
    this.#add(path, isNamed ? [] : actual.getCallSignatures())
    const owner = aliasSymbol?.name ?? (isNamed ? symbol.name : path)
    for (const member of this.#membersOf(actual)) {
      const memberType = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(member))
      const signatures = memberType.getCallSignatures()
      if (signatures.length > 0) this.#add(`${owner}.${member.name}`, signatures)
      else this.#walk(memberType, `${owner}.${member.name}`)
    }
  }

  /** The members of a type that are declared in the sources and not private. */
  #membersOf(type: ts.Type): readonly ts.Symbol[] {
    return type.getProperties().filter((property) => {
      const [declaration] = property.declarations ?? []
      const modifiers = declaration === undefined ? 0 : ts.getCombinedModifierFlags(declaration)
      const isPrivate = (modifiers & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0
      return !isPrivate && !/#|^__/.test(property.name) && this.#isOurs(property)
    })
  }

  #isOurs(symbol: ts.Symbol | undefined): boolean {
    const [declaration] = symbol?.declarations ?? []
    return declaration?.getSourceFile().fileName.startsWith(join(root, 'src/')) === true
  }
}

/** Whether a type is one of the API's objects, which have no methods. */
const isData = ({ declarations }: ts.Symbol): boolean =>
  /\/(generated|inputs)\.ts$/.test(declarations?.[0]?.getSourceFile().fileName ?? '')
