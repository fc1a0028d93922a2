import { hasFormat } from '../apiextensions/schema/formats.js'
import { GoUrlError, parseRequestUri } from '../../lang/go/url.js'
import {
  dns1035LabelFaults,
  dnsLabelFaults,
  dnsSubdomainFaults,
  label1035Name,
  labelName,
  labelValueFaults,
  qualifiedNameFaults,
  subdomainName,
} from '../validation/names.js'
import type { FunctionTable } from '../../lang/cel/library/functions.js'
import { OpaqueValue } from '../../lang/cel/library/opaque.js'
import { NONE, Optional, PlainList, type Value } from '../../lang/cel/values.js'

type Validate = (text: string) => readonly string[]

/** A named format: `format.dns1123Label()`. */
export class FormatValue extends OpaqueValue {
  readonly name: string
  readonly validate: Validate
  /** The length of its pattern, by which costs are counted. */
  readonly patternSize: number

  constructor(name: string, validate: Validate, patternSize: number) {
    super()
    this.name = name
    this.validate = validate
    this.patternSize = patternSize
  }

  get typeName(): string {
    return 'kubernetes.NamedFormat'
  }

  protected isSame({ name }: FormatValue): boolean {
    return name === this.name
  }
}

function uriFaults(text: string): readonly string[] {
  try {
    parseRequestUri(text)
    return []
  } catch (error) {
    if (error instanceof GoUrlError) return [error.message]
    throw error
  }
}

/** A format of OpenAPI, with the text for what does not have it. */
const openApi =
  (format: string, fault: string): Validate =>
  (text) =>
    hasFormat(format, text) ? [] : [fault]

/** Formats by name, with the length of their patterns. Source: library/format.go ConstantFormats. */
const FORMATS: Readonly<Record<string, readonly [validate: Validate, patternSize: number]>> = {
  dns1123Label: [dnsLabelFaults, 30],
  dns1123Subdomain: [dnsSubdomainFaults, 60],
  dns1035Label: [dns1035LabelFaults, 30],
  qualifiedName: [qualifiedNameFaults, 60],
  dns1123LabelPrefix: [(text) => labelName(text, true), 30],
  dns1123SubdomainPrefix: [(text) => subdomainName(text, true), 60],
  dns1035LabelPrefix: [(text) => label1035Name(text, true), 30],
  labelValue: [labelValueFaults, 40],
  uri: [uriFaults, 1103],
  uuid: [openApi('uuid', 'does not match the UUID format'), 70],
  byte: [openApi('byte', 'invalid base64'), 84],
  date: [openApi('date', 'invalid date'), 71],
  datetime: [openApi('datetime', 'invalid datetime'), 71],
}

/** Kubernetes' named formats. Source: apiserver pkg/cel/library/format.go. */
export function addFormats(table: FunctionTable): void {
  const values = new Map(
    Object.entries(FORMATS).map(([name, [validate, size]]) => [name, new FormatValue(name, validate, size)]),
  )
  for (const [name, value] of values)
    table.define({ [`::format.${name}(): kubernetes.NamedFormat`]: (): Value => value })
  table.define({
    '::format.named(string): optional<kubernetes.NamedFormat>': (name: string) => {
      const value = values.get(name)
      return value === undefined ? NONE : new Optional(value)
    },
    'kubernetes.NamedFormat.validate(string): optional<list<string>>': (
      { validate }: FormatValue,
      text: string,
    ) => {
      const faults = validate(text)
      return faults.length === 0 ? NONE : new Optional(new PlainList(faults))
    },
  })
}
