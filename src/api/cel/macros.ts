import { Optional, type Environment } from '@marcbachmann/cel-js'
import { setOwn } from '../schema/plain-json.js'
import { CelFault } from './library.js'
import { noOptional, optionalOf } from './optional.js'

/** The parts of cel-js that custom macros use, which its declarations do not type. */
interface Frame {
  forkWithVariable(name: string, type: unknown): Frame
  reuse(parent: Frame): Frame
  setIterValue(value: unknown, evaluator: Evaluator): Frame
}
interface Evaluator {
  run(node: unknown, frame: Frame): unknown
}
interface Checker {
  check(node: unknown, frame: Frame): unknown
  getType(name: string): unknown
}
interface MacroCall {
  readonly ast: { setMeta(name: string, value: unknown): void }
  readonly args: readonly { readonly op: string; readonly args: unknown }[]
  readonly receiver: unknown
}
interface Macro {
  frames?: readonly [Frame, Frame]
  readonly typeCheck: (checker: Checker, macro: Macro, frame: Frame) => unknown
  readonly evaluate: (evaluator: Evaluator, macro: Macro, frame: Frame) => unknown
}

type Entry = readonly [key: unknown, value: unknown]

/** Processes the entries. `test` and `transform` evaluate the macro's last arguments for one entry. */
type Fold = (entries: readonly Entry[], run: (argument: number, entry: Entry) => unknown) => unknown

function entriesOf(range: unknown): readonly Entry[] {
  if (Array.isArray(range)) return range.map((value: unknown, at) => [BigInt(at), value])
  if (range instanceof Map) return [...range.entries()] as Entry[]
  if (typeof range === 'object' && range !== null) return Object.entries(range)
  throw new CelFault('no such overload')
}

/** A comprehension over two variables, with `rest` arguments after them. */
function twoVariables(result: string, fold: Fold): (call: MacroCall) => Macro {
  return ({ ast, args, receiver }) => ({
    typeCheck: (checker, macro, frame) => {
      checker.check(receiver, frame)
      const first = frame.forkWithVariable(args[0]?.args as string, checker.getType('dyn'))
      const second = first.forkWithVariable(args[1]?.args as string, checker.getType('dyn'))
      macro.frames = [first, second]
      for (const argument of args.slice(2)) checker.check(argument, second)
      ast.setMeta('async', false)
      return checker.getType(result)
    },
    evaluate: (evaluator, macro, frame) => {
      const [first, second] = macro.frames as readonly [Frame, Frame]
      return fold(entriesOf(evaluator.run(receiver, frame)), (argument, [key, value]) =>
        evaluator.run(
          args[2 + argument],
          second.reuse(first.reuse(frame).setIterValue(key, evaluator)).setIterValue(value, evaluator),
        ),
      )
    },
  })
}

/** Returns true, false, or the fault of an entry if no other entry decides. */
function quantify(
  entries: readonly Entry[],
  run: (argument: number, entry: Entry) => unknown,
  decisive: boolean,
): boolean {
  let fault: unknown
  for (const entry of entries) {
    try {
      if (run(0, entry) === decisive) return decisive
    } catch (error) {
      fault ??= error
    }
  }
  if (fault !== undefined) throw fault
  return !decisive
}

const all: Fold = (entries, run) => quantify(entries, run, false)
const exists: Fold = (entries, run) => quantify(entries, run, true)
const existsOne: Fold = (entries, run) => entries.filter((entry) => run(0, entry) === true).length === 1

const transformList =
  (filtered: boolean): Fold =>
  (entries, run) =>
    entries
      .filter((entry) => !filtered || run(0, entry) === true)
      .map((entry) => run(filtered ? 1 : 0, entry))

const transformMap =
  (filtered: boolean): Fold =>
  (entries, run) => {
    const out: Record<string, unknown> = {}
    for (const entry of entries) {
      if (!filtered || run(0, entry) === true) setOwn(out, String(entry[0]), run(filtered ? 1 : 0, entry))
    }
    return out
  }

const transformMapEntry =
  (filtered: boolean): Fold =>
  (entries, run) => {
    const out: Record<string, unknown> = {}
    for (const entry of entries) {
      if (filtered && run(0, entry) !== true) continue
      for (const [key, value] of entriesOf(run(filtered ? 1 : 0, entry))) {
        if (Object.hasOwn(out, String(key)))
          throw new CelFault(`insert failed: key ${String(key)} already exists`)
        setOwn(out, String(key), value)
      }
    }
    return out
  }

/** `optional.optMap(x, f(x))` and `optFlatMap`. */
function optionalMap(flat: boolean): (call: MacroCall) => Macro {
  return ({ ast, args, receiver }) => ({
    typeCheck: (checker, macro, frame) => {
      checker.check(receiver, frame)
      const inner = frame.forkWithVariable(args[0]?.args as string, checker.getType('dyn'))
      macro.frames = [inner, inner]
      checker.check(args[1], inner)
      ast.setMeta('async', false)
      return checker.getType('optional')
    },
    evaluate: (evaluator, macro, frame) => {
      const value = evaluator.run(receiver, frame)
      if (!(value instanceof Optional)) throw new CelFault('no such overload')
      if (!value.hasValue()) return noOptional()
      const [inner] = macro.frames as readonly [Frame, Frame]
      const mapped = evaluator.run(args[1], inner.reuse(frame).setIterValue(value.value(), evaluator))
      return flat ? mapped : optionalOf(mapped)
    },
  })
}

/** Registers the macros that cel-js lacks. Source: cel-go ext/comprehensions.go and the optional library. */
export function registerMacros(environment: Environment): void {
  const register = (signature: string, macro: unknown): void => {
    environment.registerFunction(signature, macro as never)
  }
  register('list.all(ast, ast, ast): bool', twoVariables('bool', all))
  register('list.exists(ast, ast, ast): bool', twoVariables('bool', exists))
  register('list.existsOne(ast, ast, ast): bool', twoVariables('bool', existsOne))
  register('list.exists_one(ast, ast, ast): bool', twoVariables('bool', existsOne))
  register('list.existsOne(ast, ast): bool', oneVariable)
  register('list.transformList(ast, ast, ast): list<dyn>', twoVariables('list', transformList(false)))
  register('list.transformList(ast, ast, ast, ast): list<dyn>', twoVariables('list', transformList(true)))
  register('list.transformMap(ast, ast, ast): map', twoVariables('map', transformMap(false)))
  register('list.transformMap(ast, ast, ast, ast): map', twoVariables('map', transformMap(true)))
  register('list.transformMapEntry(ast, ast, ast): map', twoVariables('map', transformMapEntry(false)))
  register('list.transformMapEntry(ast, ast, ast, ast): map', twoVariables('map', transformMapEntry(true)))
  register('optional.optMap(ast, ast): optional<dyn>', optionalMap(false))
  register('optional.optFlatMap(ast, ast): optional<dyn>', optionalMap(true))
}

/** `existsOne` with one variable, without the key. */
function oneVariable({ ast, args, receiver }: MacroCall): Macro {
  return {
    typeCheck: (checker, macro, frame) => {
      checker.check(receiver, frame)
      const inner = frame.forkWithVariable(args[0]?.args as string, checker.getType('dyn'))
      macro.frames = [inner, inner]
      checker.check(args[1], inner)
      ast.setMeta('async', false)
      return checker.getType('bool')
    },
    evaluate: (evaluator, macro, frame) => {
      const [inner] = macro.frames as readonly [Frame, Frame]
      const range = evaluator.run(receiver, frame)
      const values: readonly unknown[] = Array.isArray(range) ? range : entriesOf(range).map(([key]) => key)
      return (
        values.filter(
          (value) => evaluator.run(args[1], inner.reuse(frame).setIterValue(value, evaluator)) === true,
        ).length === 1
      )
    },
  }
}
