import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  QuantityError,
  subtractQuantities,
} from '../quantity.js'
import type { Quantity } from '../quantity.js'
import type { Library, LibraryFunction } from './library.js'
import { CelFault, fn } from './library.js'

/** A resource.Quantity in an expression. */
export class QuantityValue {
  readonly quantity: Quantity

  constructor(quantity: Quantity) {
    this.quantity = quantity
  }

  toString(): string {
    return canonicalQuantity(formatQuantity(this.quantity))
  }
}

/** A semantic version in an expression. */
export class SemverValue {
  readonly parts: readonly [bigint, bigint, bigint]
  readonly prerelease: readonly string[]

  constructor(parts: readonly [bigint, bigint, bigint], prerelease: readonly string[]) {
    this.parts = parts
    this.prerelease = prerelease
  }
}

const NANO = 1_000_000_000n
const Q = 'kubernetes.Quantity'
const V = 'kubernetes.Semver'

function quantity(text: string): QuantityValue {
  try {
    return new QuantityValue(parseQuantity(text))
  } catch (error) {
    throw error instanceof QuantityError ? new CelFault(error.message) : error
  }
}

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text)
    return true
  } catch (error) {
    if (error instanceof QuantityError) return false
    throw error
  }
}

const nanosOf = ({ quantity: { nanos } }: QuantityValue): bigint => nanos
const isInteger = (value: QuantityValue): boolean =>
  nanosOf(value) % NANO === 0n && nanosOf(value) / NANO < 2n ** 63n

function asInteger(value: QuantityValue): bigint {
  if (!isInteger(value)) throw new CelFault('cannot convert value to integer')
  return nanosOf(value) / NANO
}

const compare = (a: QuantityValue, b: QuantityValue): number => compareQuantities(a.quantity, b.quantity)
const ofInt = (value: bigint): QuantityValue => quantity(String(value))
const plus = (a: QuantityValue, b: QuantityValue): QuantityValue =>
  new QuantityValue(addQuantities(a.quantity, b.quantity))
const minus = (a: QuantityValue, b: QuantityValue): QuantityValue =>
  new QuantityValue(subtractQuantities(a.quantity, b.quantity))

const quantities: readonly LibraryFunction[] = [
  fn(`quantity(string): ${Q}`, quantity),
  fn('isQuantity(string): bool', isQuantity),
  fn(`${Q}.isInteger(): bool`, isInteger),
  fn(`${Q}.asInteger(): int`, asInteger),
  fn(`${Q}.asApproximateFloat(): double`, (value: QuantityValue) => Number(nanosOf(value)) / Number(NANO)),
  fn(`${Q}.sign(): int`, (value: QuantityValue) =>
    nanosOf(value) > 0n ? 1n : nanosOf(value) < 0n ? -1n : 0n,
  ),
  fn(`${Q}.add(${Q}): ${Q}`, plus),
  fn(`${Q}.add(int): ${Q}`, (a: QuantityValue, b: bigint) => plus(a, ofInt(b))),
  fn(`${Q}.sub(${Q}): ${Q}`, minus),
  fn(`${Q}.sub(int): ${Q}`, (a: QuantityValue, b: bigint) => minus(a, ofInt(b))),
  fn(`${Q}.isGreaterThan(${Q}): bool`, (a: QuantityValue, b: QuantityValue) => compare(a, b) > 0),
  fn(`${Q}.isLessThan(${Q}): bool`, (a: QuantityValue, b: QuantityValue) => compare(a, b) < 0),
  fn(`${Q}.compareTo(${Q}): int`, (a: QuantityValue, b: QuantityValue) => BigInt(compare(a, b))),
]

const strict =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-.]+)?$/
const loose =
  /^v?0*(\d+)(?:\.0*(\d+))?(?:\.0*(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-.]+)?$/

function parseSemver(text: string, normalize: boolean): SemverValue | undefined {
  const match = (normalize ? loose : strict).exec(text.trim())
  if (match === null) return undefined
  const part = (at: number): bigint => BigInt(match[at] ?? 0)
  return new SemverValue([part(1), part(2), part(3)], match[4]?.split('.') ?? [])
}

function semver(text: string, normalize = false): SemverValue {
  const parsed = parseSemver(text, normalize)
  if (parsed === undefined) throw new CelFault('No Major.Minor.Patch elements found')
  return parsed
}

function compareSemver(a: SemverValue, b: SemverValue): number {
  for (let at = 0; at < 3; at++) {
    const [left, right] = [a.parts[at] ?? 0n, b.parts[at] ?? 0n]
    if (left !== right) return left < right ? -1 : 1
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return b.prerelease.length - a.prerelease.length === 0 ? 0 : a.prerelease.length === 0 ? 1 : -1
  for (let at = 0; at < Math.max(a.prerelease.length, b.prerelease.length); at++) {
    const order = comparePart(a.prerelease[at], b.prerelease[at])
    if (order !== 0) return order
  }
  return 0
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return Number(a) < Number(b) ? -1 : 1
  if (left !== right) return left ? -1 : 1
  return a < b ? -1 : 1
}

const versions: readonly LibraryFunction[] = [
  fn(`semver(string): ${V}`, (text: string) => semver(text)),
  fn(`semver(string, bool): ${V}`, semver),
  fn('isSemver(string): bool', (text: string) => parseSemver(text, false) !== undefined),
  fn(
    'isSemver(string, bool): bool',
    (text: string, normalize: boolean) => parseSemver(text, normalize) !== undefined,
  ),
  ...['major', 'minor', 'patch'].map((name, at) =>
    fn(`${V}.${name}(): int`, (value: SemverValue) => value.parts[at] ?? 0n),
  ),
  fn(`${V}.isGreaterThan(${V}): bool`, (a: SemverValue, b: SemverValue) => compareSemver(a, b) > 0),
  fn(`${V}.isLessThan(${V}): bool`, (a: SemverValue, b: SemverValue) => compareSemver(a, b) < 0),
  fn(`${V}.compareTo(${V}): int`, (a: SemverValue, b: SemverValue) => BigInt(compareSemver(a, b))),
]

/**
 * Kubernetes' quantities and semantic versions. Source: apiserver pkg/cel/library quantity.go, semverlib.go.
 */
export const quantityLibrary: Library = {
  types: { [Q]: QuantityValue, [V]: SemverValue },
  functions: [...quantities, ...versions],
  equal: {
    [Q]: (a: QuantityValue, b: QuantityValue) => compare(a, b) === 0,
    [V]: (a: SemverValue, b: SemverValue) => compareSemver(a, b) === 0,
  },
}
