import { describe, expect, it } from 'vitest'
import { aggregateText, statusCauses, type FieldError } from '../../src/api/field-error.js'
import { DecodeError } from '../../src/lang/json/decode-error.js'
import { definitionOf, faultsOf, fixture, prepared, scheme, type Recorded } from './support.js'

/** A bad create that a real v1.34 refused, with its words. */
interface Row extends Recorded {
  readonly code: number
  readonly message: string
  readonly causes?: readonly (readonly [reason: string, field: string])[]
}

/** Refusals that are not this layer's, or whose words are not ours. */
const elsewhere: Readonly<Record<string, string>> = {
  'err-service-clusterip-out-of-range': "address allocation is the registry's",
  'err-service-nodeport-out-of-range': "port allocation is the registry's",
  'err-service-ipv6-family': "the families of the cluster are the registry's",
  'err-config-secrets-dockercfg-bad': "the text of Go's JSON parser",
}

interface Answer {
  readonly code: number
  readonly message: string
  readonly causes?: readonly (readonly [string, string])[]
}

function answerTo(row: Row): Answer {
  const { kind, version } = definitionOf(row)
  try {
    return invalidAnswer(row, faultsOf(definitionOf(row), prepared(row)))
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return {
      code: 400,
      message: `${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`,
    }
  }
}

/** As the apiserver words it: the kind is that of the stored version. */
function invalidAnswer(row: Row, faults: readonly FieldError[]): Answer {
  const { kind, group } = scheme.storedDefinition(definitionOf(row))
  const name = (row.body['metadata'] as { readonly name?: string } | undefined)?.name ?? ''
  return {
    code: faults.length === 0 ? 201 : 422,
    message: `${group === '' ? kind : `${kind}.${group}`} "${name}" is invalid: ${aggregateText(faults)}`,
    causes: statusCauses(faults).map(({ reason, field }) => [reason, field] as const),
  }
}

/** The recorder replaced times, layouts of times included; lists of errors from Go maps come in any order. */
function normalized({ code, message, causes }: Answer): Answer {
  const text = message.replace(/2006-01-02T15:04:05(?:\.000000)?Z/, '<time>')
  const list = /^(.* is invalid: )\[(.*)\]$/s.exec(text)
  const sorted = list === null ? text : list[1] + (list[2] ?? '').split(', ').sort().join(', ')
  return {
    code,
    message: sorted,
    causes: [...(causes ?? [])].sort((a, b) => (String(a) < String(b) ? -1 : 1)),
  }
}

describe('bad objects are refused in the words of a real v1.34 apiserver', () => {
  const rows = fixture<Row>('errors.json')

  it('has recordings to compare with', () => expect(rows.length).toBeGreaterThan(100))

  it.each(rows.filter(({ id }) => elsewhere[id] === undefined).map((row) => [row.id, row] as const))(
    '%s',
    (_, row) => {
      expect(normalized(answerTo(row))).toEqual(normalized(row))
    },
  )
})
