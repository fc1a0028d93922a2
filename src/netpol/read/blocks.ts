import { invalid } from '../../api/field-error.js'
import { parseIpRange, rangeHolds, type IpRange } from '../../api/ip.js'
import type { Block } from '../model.js'
import type { FieldReader } from './fields.js'

/** Reads a CIDR; bits beyond the prefix are dropped. */
export function readRange(reader: FieldReader, value: unknown, path: string): IpRange | undefined {
  const text = reader.string(value, path)
  if (text === undefined || text === '') return reader.missing(path)
  const range = parseIpRange(text)
  if (range === undefined)
    reader.add(invalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'))
  return range
}

/** Returns whether one range is a proper part of another. */
function isStrictPart(whole: IpRange, part: IpRange): boolean {
  return part.prefix > whole.prefix && rangeHolds(whole, { family: part.family, value: part.first })
}

/** Reads an IPBlock. Source: pkg/apis/networking/validation ValidateIPBlock. */
export function readBlock(reader: FieldReader, value: unknown, path: string): Block | undefined {
  const object = reader.object(value, path)
  if (object === undefined) return undefined
  reader.onlyKnown(object, path, ['cidr', 'except'])
  const range = readRange(reader, object['cidr'], `${path}.cidr`)
  const list = reader.list(object['except'], `${path}.except`) ?? []
  const except = list.flatMap((each, at) => {
    const part = readRange(reader, each, `${path}.except[${at}]`)
    if (part === undefined) return []
    if (range !== undefined && !isStrictPart(range, part))
      reader.add(invalid(`${path}.except[${at}]`, each, 'must be a strict subset of `cidr`'))
    return [part]
  })
  return range === undefined ? undefined : { range, except }
}
