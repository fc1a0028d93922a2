import { exactJson } from '../../../lang/json/exact-json.js'
import { ageText } from '../../../lang/go/duration.js'
import { ageColumn, nameColumn } from '../../kind/define.js'
import type { KubeObject, PrinterColumn } from '../../kind/definition.js'
import { evaluateJsonPath } from '../../../lang/jsonpath/evaluate.js'
import { JsonPathError, type JsonPathTemplate } from '../../../lang/jsonpath/nodes.js'
import { parseJsonPath } from '../../../lang/jsonpath/parse.js'
import { timeMs } from '../../../lang/go/time.js'
import type { CustomResourceColumnDefinition } from '../generated.js'

type Cell = string | number | bigint | boolean | null

/**
 * Returns the Table columns of a custom resource: its own, or name and age. Source: apiextensions
 * pkg/registry/customresource/tableconvertor/tableconvertor.go.
 */
export function customColumns(
  columns: readonly CustomResourceColumnDefinition[] | undefined,
): readonly PrinterColumn<KubeObject>[] {
  if (columns === undefined || columns.length === 0) return [nameColumn(), { ...ageColumn(), type: 'date' }]
  return [nameColumn(), ...columns.map(customColumn)]
}

function customColumn({
  name,
  type,
  format,
  priority,
  jsonPath,
}: CustomResourceColumnDefinition): PrinterColumn<KubeObject> {
  const template = templateOf(jsonPath)
  return {
    name,
    type: type as PrinterColumn<KubeObject>['type'],
    ...(format === undefined ? {} : { format: format as 'name' }),
    ...(priority === undefined ? {} : { priority: priority as 0 | 1 }),
    cell: (object, now) => cellOf(first(template, object), type, now),
  }
}

/** Returns undefined for a path that cannot be parsed. */
function templateOf(path: string): JsonPathTemplate | undefined {
  try {
    return parseJsonPath(`{${path}}`)
  } catch (error) {
    if (error instanceof JsonPathError) return undefined
    throw error
  }
}

function first(template: JsonPathTemplate | undefined, object: KubeObject): unknown {
  try {
    return template === undefined ? undefined : evaluateJsonPath(template, object)[0]?.[0]
  } catch (error) {
    if (error instanceof JsonPathError) return undefined
    throw error
  }
}

/** Source: cellForJSONValue. */
function cellOf(value: unknown, type: string, now: number): Cell {
  if (value === undefined || value === null) return null
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : exactJson(value)
    case 'integer':
      return typeof value === 'bigint' ? value : typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date': {
      if (typeof value !== 'string') return null
      return Number.isNaN(timeMs(value)) ? '<invalid>' : ageText(value, now)
    }
    default:
      return null
  }
}
