import { quote } from '../../lang/go/quote.js'
import {
  addQuantities,
  approximateValue,
  compareQuantities,
  formatQuantity,
  integerOf,
  parseQuantity,
  QuantityError,
  subtractQuantities,
  type Quantity,
} from '../quantity.js'
import type { FunctionTable } from '../../lang/cel/library/functions.js'
import { OpaqueValue } from '../../lang/cel/library/opaque.js'
import { CelError, isError, type Value } from '../../lang/cel/values.js'

/** A quantity of a resource. */
export class QuantityValue extends OpaqueValue {
  readonly quantity: Quantity

  constructor(quantity: Quantity) {
    super()
    this.quantity = quantity
  }

  get typeName(): string {
    return 'kubernetes.Quantity'
  }

  override toString(): string {
    return formatQuantity(this.quantity)
  }

  protected isSame(other: QuantityValue): boolean {
    return compareQuantities(this.quantity, other.quantity) === 0
  }
}

function quantity(text: string): QuantityValue | CelError {
  try {
    return new QuantityValue(parseQuantity(text))
  } catch (error) {
    if (error instanceof QuantityError) return new CelError(error.message)
    throw error
  }
}

const ofInt = (value: bigint): QuantityValue => new QuantityValue(parseQuantity(String(value)))
const plus = (a: QuantityValue, b: QuantityValue): Value =>
  new QuantityValue(addQuantities(a.quantity, b.quantity))
const minus = (a: QuantityValue, b: QuantityValue): Value =>
  new QuantityValue(subtractQuantities(a.quantity, b.quantity))
const order = (a: QuantityValue, b: QuantityValue): number => compareQuantities(a.quantity, b.quantity)

/** Kubernetes' quantities. Source: apiserver pkg/cel/library/quantity.go. */
export function addQuantityFunctions(table: FunctionTable): void {
  const q = 'kubernetes.Quantity'
  table.define({
    [`quantity(string): ${q}`]: quantity,
    'isQuantity(string): bool': (text: string) => !isError(quantity(text)),
    [`sign(${q}): int`]: ({ quantity: { nanos } }: QuantityValue) =>
      nanos > 0n ? 1n : nanos < 0n ? -1n : 0n,
    [`${q}.isGreaterThan(${q}): bool`]: (a: QuantityValue, b: QuantityValue) => order(a, b) > 0,
    [`${q}.isLessThan(${q}): bool`]: (a: QuantityValue, b: QuantityValue) => order(a, b) < 0,
    [`${q}.compareTo(${q}): int`]: (a: QuantityValue, b: QuantityValue) => BigInt(order(a, b)),
    [`${q}.asApproximateFloat(): double`]: ({ quantity: of }: QuantityValue) => approximateValue(of),
    [`${q}.asInteger(): int`]: ({ quantity: of }: QuantityValue) =>
      integerOf(of) ?? new CelError('cannot convert value to integer'),
    [`${q}.isInteger(): bool`]: ({ quantity: of }: QuantityValue) => integerOf(of) !== undefined,
    [`${q}.add(${q}): ${q}`]: plus,
    [`${q}.add(int): ${q}`]: (a: QuantityValue, b: bigint) => plus(a, ofInt(b)),
    [`${q}.sub(${q}): ${q}`]: minus,
    [`${q}.sub(int): ${q}`]: (a: QuantityValue, b: bigint) => minus(a, ofInt(b)),
  })
}

/** A semantic version. */
export class SemverValue extends OpaqueValue {
  readonly parts: readonly [major: bigint, minor: bigint, patch: bigint]
  readonly prerelease: readonly string[]
  readonly #text: string

  constructor(parts: readonly [bigint, bigint, bigint], prerelease: readonly string[], text: string) {
    super()
    this.parts = parts
    this.prerelease = prerelease
    this.#text = text
  }

  get typeName(): string {
    return 'kubernetes.Semver'
  }

  override toString(): string {
    return this.#text
  }

  protected isSame(other: SemverValue): boolean {
    return compareVersions(this, other) === 0
  }
}

function numberFault(part: string, name: string): string | undefined {
  if (!/^\d*$/.test(part)) return `Invalid character(s) found in ${name.toLowerCase()} number ${quote(part)}`
  if (/^0./.test(part)) return `${name} number must not contain leading zeroes ${quote(part)}`
  if (part === '') return 'strconv.ParseUint: parsing "": invalid syntax'
  return BigInt(part) < 1n << 64n
    ? undefined
    : `strconv.ParseUint: parsing ${quote(part)}: value out of range`
}

function prereleaseFault(part: string): string | undefined {
  if (part === '') return 'Prerelease is empty'
  if (/^0\d+$/.test(part)) return `Numeric PreRelease version must not contain leading zeroes ${quote(part)}`
  return /^[0-9A-Za-z-]+$/.test(part) ? undefined : `Invalid character(s) found in prerelease ${quote(part)}`
}

function buildFault(part: string): string | undefined {
  if (part === '') return 'Build meta data is empty'
  return /^[0-9A-Za-z-]+$/.test(part)
    ? undefined
    : `Invalid character(s) found in build meta data ${quote(part)}`
}

/** Splits what is behind the second dot into the patch, the pre-release and the build. */
function splitPatch(text: string): readonly [patch: string, prerelease: string[], build: string[]] {
  const plus = text.indexOf('+')
  const head = plus < 0 ? text : text.slice(0, plus)
  const build = plus < 0 ? [] : text.slice(plus + 1).split('.')
  const dash = head.indexOf('-')
  return dash < 0 ? [head, [], build] : [head.slice(0, dash), head.slice(dash + 1).split('.'), build]
}

/** Parses strictly. Source: github.com/blang/semver/v4 Parse. */
export function parseVersion(text: string): SemverValue | CelError {
  if (text === '') return new CelError('Version string empty')
  const [major, minor, ...others] = text.split('.')
  if (major === undefined || minor === undefined || others.length === 0)
    return new CelError('No Major.Minor.Patch elements found')
  const [patch, prerelease, build] = splitPatch(others.join('.'))
  const fault =
    numberFault(major, 'Major') ??
    numberFault(minor, 'Minor') ??
    numberFault(patch, 'Patch') ??
    first(prerelease, prereleaseFault) ??
    first(build, buildFault)
  if (fault !== undefined) return new CelError(fault)
  return new SemverValue([BigInt(major), BigInt(minor), BigInt(patch)], prerelease, text)
}

function first<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = check(item)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** Allows a `v` in front, leading zeros and missing parts. Source: library/semverlib.go normalizeAndParse. */
function normalizedVersion(text: string): SemverValue | CelError {
  const [one = '', two, ...others] = text.replace(/^v/, '').split('.')
  const parts = [one, ...(two === undefined ? [] : [two]), ...(others.length === 0 ? [] : [others.join('.')])]
  const trimmed = parts.map((part) => {
    const bare = part.length > 1 ? part.replace(/^0+/, '') : part
    return bare !== part && !/^\d/.test(bare)
      ? `0${bare}`
      : part.length > 1 && !/^\d/.test(bare)
        ? `0${bare}`
        : bare
  })
  if (trimmed.length < 3 && /[+-]/.test(trimmed.at(-1) ?? ''))
    return new CelError('short version cannot contain PreRelease/Build meta data')
  while (trimmed.length < 3) trimmed.push('0')
  return parseVersion(trimmed.join('.'))
}

const semver = (text: string, normalize = false): SemverValue | CelError =>
  normalize ? normalizedVersion(text) : parseVersion(text)

function compareVersions(a: SemverValue, b: SemverValue): number {
  for (const at of [0, 1, 2] as const)
    if (a.parts[at] !== b.parts[at]) return a.parts[at] < b.parts[at] ? -1 : 1
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return Math.sign(Number(a.prerelease.length === 0) - Number(b.prerelease.length === 0))
  for (let at = 0; at < Math.max(a.prerelease.length, b.prerelease.length); at++) {
    const result = comparePart(a.prerelease[at], b.prerelease[at])
    if (result !== 0) return result
  }
  return 0
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return BigInt(a) < BigInt(b) ? -1 : 1
  if (left !== right) return left ? -1 : 1
  return a < b ? -1 : 1
}

/** Kubernetes' semantic versions. Source: apiserver pkg/cel/library/semverlib.go, version 1. */
export function addSemver(table: FunctionTable): void {
  const v = 'kubernetes.Semver'
  table.define({
    [`semver(string): ${v}`]: (text: string) => semver(text),
    [`semver(string, bool): ${v}`]: semver,
    'isSemver(string): bool': (text: string) => !isError(semver(text)),
    'isSemver(string, bool): bool': (text: string, normalize: boolean) => !isError(semver(text, normalize)),
    [`${v}.isGreaterThan(${v}): bool`]: (a: SemverValue, b: SemverValue) => compareVersions(a, b) > 0,
    [`${v}.isLessThan(${v}): bool`]: (a: SemverValue, b: SemverValue) => compareVersions(a, b) < 0,
    [`${v}.compareTo(${v}): int`]: (a: SemverValue, b: SemverValue) => BigInt(compareVersions(a, b)),
    [`${v}.major(): int`]: ({ parts: [major] }: SemverValue) => major,
    [`${v}.minor(): int`]: ({ parts: [, minor] }: SemverValue) => minor,
    [`${v}.patch(): int`]: ({ parts: [, , patch] }: SemverValue) => patch,
  })
}
