import { FieldSelectorError, fieldTermsMatch, parseFieldSelector } from '../../../src/api/selectors/fields.js'
import { validateValue } from '../../../src/api/apiextensions/schema/value-validation.js'
import { nextTime } from '../../../src/lang/cron/next-time.js'
import { parseSchedule, ScheduleError } from '../../../src/lang/cron/schedule.js'
import { DurationError, humanDuration, parseGoDuration } from '../../../src/lang/go/duration.js'
import { JsonPathError } from '../../../src/lang/jsonpath/nodes.js'
import {
  compileSelectorText,
  parseLabelSelector,
  SelectorSyntaxError,
} from '../../../src/api/selectors/label-parser.js'
import * as labels from '../../../src/api/selectors/labels.js'
import * as names from '../../../src/api/validation/names.js'
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  QuantityError,
  quantityValue,
  subtractQuantities,
} from '../../../src/api/quantity.js'
import { compileGoRegExp, isFault } from '../../../src/lang/go/regexp.js'
import { DecodeError } from '../../../src/lang/json/decode-error.js'
import { readScalar } from '../../../src/api/schema/scalars.js'
import { parseJsonPath } from '../../../src/lang/jsonpath/parse.js'
import { KubectlError } from '../../../src/kubectl/call/errors.js'
import { renderTemplate } from '../../../src/kubectl/print/jsonpath.js'
import { parseDuration } from '../../../src/lang/cel/time-values.js'
import type { Compared, Row, Table } from '../table.js'
import { goDuration } from './cel.js'

type ErrorClass = abstract new (...values: never[]) => Error

/** A result, or `{ error }` for an error of one of these classes. */
function attempt(run: () => unknown, ...errors: readonly ErrorClass[]): unknown {
  try {
    return run()
  } catch (error) {
    if (errors.some((one) => error instanceof one)) return { error: (error as Error).message }
    throw error
  }
}

const compared = ({ expect }: Row, actual: unknown): Compared => ({ expected: expect, actual })

const bytesTo = (text: string, end: number): number => Buffer.byteLength(text.slice(0, end))

function regexp(row: Row): Compared {
  const { fn, pattern, texts } = row as { fn: string; pattern: string; texts: string[] } & Row
  if (fn === 'pattern') {
    const schema = { type: 'object', properties: { f: { type: 'string', pattern } } }
    const results = texts.map((f) =>
      validateValue({ f }, schema).map(({ body }) =>
        body.replace(/^Invalid value: [^]*?: (?=f in body)/, ''),
      ),
    )
    return compared(row, { results })
  }
  const expression = compileGoRegExp(pattern)
  if (isFault(expression)) return compared(row, { error: expression.fault })
  const results = texts.map((text) => {
    const first = expression.find(text)
    const all = expression.findAll(text).map((match) => match.text)
    return {
      match: expression.test(text),
      find: first?.text ?? '',
      findAll: all.length === 0 ? null : all,
      first: first === undefined ? null : [bytesTo(text, first.start), bytesTo(text, first.end)],
    }
  })
  return compared(row, { results })
}

function quantity(row: Row): Compared {
  const actual = attempt(() => {
    if (row['fn'] === 'quantity') {
      const { text, expect } = row as Row & { text: string }
      const parsed = parseQuantity(text)
      const string = formatQuantity(parsed)
      const value = 'value' in expect ? { value: quantityValue(text) } : {}
      return { string, json: string, format: parsed.format, ...value }
    }
    const [a, b] = [parseQuantity(row['a']), parseQuantity(row['b'])]
    return {
      cmp: compareQuantities(a, b),
      sum: formatQuantity(addQuantities(a, b)),
      difference: formatQuantity(subtractQuantities(a, b)),
    }
  }, QuantityError)
  return compared(row, actual)
}

function selectors(row: Row, { sets }: Row): Compared {
  switch (row['fn']) {
    case 'labelSelector': {
      const actual = attempt(() => {
        const matches = compileSelectorText(row['selector'])
        return {
          matches: sets.labels.map((set: Record<string, string>) => matches(set)),
          string: parseLabelSelector(row['selector']).map(labels.formatRequirement).join(','),
        }
      }, SelectorSyntaxError)
      return compared(row, actual)
    }
    case 'labelSelectorObject': {
      const { sel } = row
      const actual = attempt(() => {
        const matches = labels.compileSelector(sel)
        return {
          format: labels.formatSelector(sel),
          matches: sets.labels.map((set: Record<string, string>) => matches(set)),
          string:
            sel === null ? '' : labels.selectorRequirements(sel).map(labels.formatRequirement).join(','),
        }
      }, RangeError)
      return compared(row, actual)
    }
    default: {
      const actual = attempt(() => {
        const terms = parseFieldSelector(row['selector'])
        return {
          matches: sets.fields.map((set: Record<string, string>) =>
            fieldTermsMatch(terms, (field) => set[field] ?? ''),
          ),
          string: terms
            .map(({ field, operator, value }) => `${field}${operator}${escapeField(value)}`)
            .join(','),
        }
      }, FieldSelectorError)
      return compared(row, actual)
    }
  }
}

const escapeField = (value: string): string => value.replaceAll(/[\\,=]/g, (char) => `\\${char}`)

function times(row: Row): Compared {
  switch (row['fn']) {
    case 'parseDuration': {
      const actual = attempt(() => {
        const ms = parseGoDuration(row['text'])
        // the product counts in milliseconds, CEL exactly
        const nanos = parseDuration(row['text'])?.nanos ?? BigInt(Math.round(ms * 1e6))
        const string = goDuration(nanos)
        return { string, json: string, nanoseconds: String(nanos) }
      }, DurationError)
      return compared(row, actual)
    }
    case 'humanDuration':
      return {
        expected: { string: row['expect'].string },
        actual: { string: humanDuration(row['milliseconds']) },
      }
    default: {
      const type = row['fn'] === 'time' ? 'time' : 'microTime'
      const value = JSON.parse(row['json']) as unknown
      if (typeof value !== 'string') return compared(row, row['expect'])
      return compared(
        row,
        attempt(() => ({ json: readScalar({ type, presence: 'pointer' }, value) }), DecodeError),
      )
    }
  }
}

function cron(row: Row): Compared {
  const { schedule, timeZone, from } = row as Row & { schedule: string; timeZone?: string; from: string[] }
  const actual = attempt(() => {
    const parsed = parseSchedule(timeZone === undefined ? schedule : `TZ=${timeZone} ${schedule}`)
    const next = from.map((start) => {
      const found: string[] = []
      let at: number | undefined = Date.parse(start)
      while (found.length < 5 && at !== undefined) {
        at = nextTime(parsed, at)
        found.push(at === undefined ? '' : goTime(at))
      }
      return found
    })
    return { next }
  }, ScheduleError)
  return compared(row, actual)
}

const goTime = (ms: number): string => new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z')

function jsonpath(row: Row, { data }: Row): Compared {
  const { template, allowMissingKeys } = row
  let parsed
  try {
    parsed = parseJsonPath(template)
  } catch (error) {
    if (error instanceof JsonPathError) return compared(row, { parseError: error.message })
    throw error
  }
  const actual = attempt(
    () => ({ text: renderTemplate(parsed, data, { allowMissingKeys, numbers: 'floats' }) }),
    JsonPathError,
    KubectlError,
  )
  return compared(row, actual)
}

/** Upstream's names of our checks. */
const CHECKS: Readonly<Record<string, (value: string) => readonly string[]>> = {
  IsDNS1123Label: names.dnsLabelFaults,
  IsDNS1123Subdomain: names.dnsSubdomainFaults,
  IsDNS1035Label: names.dns1035LabelFaults,
  IsQualifiedName: names.qualifiedNameFaults,
  IsValidLabelValue: names.labelValueFaults,
  IsConfigMapKey: names.configKeyFaults,
  IsRelaxedEnvVarName: names.envNameFaults,
  IsValidPortName: names.portNameFaults,
}

const nameTable: Table = (row) => {
  const check = CHECKS[row['fn']]
  return compared(row, check === undefined ? row['expect'] : { errors: check(row['value']) })
}

export const textTables: Readonly<Record<string, Table>> = {
  regexp,
  quantity,
  selectors,
  'durations-times': times,
  cron,
  jsonpath,
  'name-validation': nameTable,
}
