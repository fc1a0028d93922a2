import type { LabelSelector } from '../../api/meta/generated.js'
import { optional } from './generate.js'
import { KubectlError } from '../errors.js'

const SET = /^\s*([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)\s*$/
const PAIR = /^\s*([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)\s*$/

/** A selector as an object's field writes it. Source: apimachinery meta/v1 ParseToLabelSelector. */
export function selectorOf(text: string): LabelSelector {
  const matchLabels: [string, string][] = []
  const matchExpressions: { key: string; operator: string; values?: readonly string[] }[] = []
  for (const part of text.split(/,(?![^(]*\))/)) {
    const [, key, sign, value = ''] = PAIR.exec(part) ?? []
    const [, setKey, operator, list = ''] = SET.exec(part) ?? []
    const exists = /^\s*(!?)\s*([\w./-]+)\s*$/.exec(part)
    if (key !== undefined && sign !== '!=') matchLabels.push([key, value])
    else if (key !== undefined) matchExpressions.push({ key, operator: 'NotIn', values: [value] })
    else if (setKey !== undefined) {
      matchExpressions.push({
        key: setKey,
        operator: operator === 'in' ? 'In' : 'NotIn',
        values: list
          .split(',')
          .map((one) => one.trim())
          .sort(),
      })
    } else if (exists !== null)
      matchExpressions.push({
        key: exists[2] as string,
        operator: exists[1] === '!' ? 'DoesNotExist' : 'Exists',
      })
    else throw new KubectlError(`couldn't parse the selector string ${JSON.stringify(text)}`)
  }
  return {
    ...optional('matchLabels', Object.fromEntries(matchLabels)),
    ...optional('matchExpressions', matchExpressions),
  }
}
