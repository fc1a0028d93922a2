import type { PodExecOptions, PodLogOptions, PodPortForwardOptions } from '../../client/pod-options.js'
import type { FieldError } from '../../api/field-error.js'
import { forbidden, invalid as invalidField } from '../../api/field-error.js'
import { badRequest, invalid } from '../errors.js'
import { boolean } from '../http/query-boolean.js'

const flag = <K extends string>(query: URLSearchParams, name: K): { readonly [P in K]?: boolean } =>
  query.has(name) ? ({ [name]: boolean(query.get(name) ?? '') } as { readonly [P in K]?: boolean }) : {}

const text = <K extends string>(query: URLSearchParams, name: K): { readonly [P in K]?: string } =>
  query.get(name) ? ({ [name]: query.get(name) } as { readonly [P in K]?: string }) : {}

function integer<K extends string>(query: URLSearchParams, name: K): { readonly [P in K]?: number } {
  const value = query.get(name)
  return value === null || value === ''
    ? {}
    : ({ [name]: parseInteger(value) } as { readonly [P in K]?: number })
}

function parseInteger(value: string): number {
  if (!/^[+-]?\d+$/.test(value))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  const number = Number(value)
  if (Math.abs(number) > 2 ** 63)
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: value out of range`)
  return number
}

/** @throws ApiError 400 for numbers and times that are none. */
export function logOptionsOf(query: URLSearchParams): PodLogOptions {
  const options = {
    ...text(query, 'container'),
    ...flag(query, 'follow'),
    ...flag(query, 'previous'),
    ...flag(query, 'timestamps'),
    ...integer(query, 'sinceSeconds'),
    ...text(query, 'sinceTime'),
    ...integer(query, 'tailLines'),
    ...integer(query, 'limitBytes'),
  }
  const { sinceTime } = options
  if (
    sinceTime !== undefined &&
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(sinceTime)
  ) {
    throw badRequest(
      `parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse ` +
        `${JSON.stringify(sinceTime)} as "2006"`,
    )
  }
  return options
}

export function execOptionsOf(query: URLSearchParams): PodExecOptions {
  const command = query.getAll('command')
  return {
    ...text(query, 'container'),
    ...flag(query, 'stdin'),
    ...flag(query, 'stdout'),
    ...flag(query, 'stderr'),
    ...flag(query, 'tty'),
    ...(command.length === 0 ? {} : { command }),
  }
}

/** @throws ApiError 400 for ports that are no numbers. */
export function portForwardOptionsOf(query: URLSearchParams): PodPortForwardOptions {
  const ports = query
    .getAll('ports')
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '')
  return ports.length === 0 ? {} : { ports: ports.map(parseInteger) }
}

/** @throws ApiError 422. Source: kubernetes pkg/apis/core/validation ValidatePodLogOptions. */
export function validateLogOptions(
  options: PodLogOptions,
  name: string,
  query: URLSearchParams | undefined,
): void {
  const { tailLines, limitBytes, sinceSeconds, sinceTime } = options
  const errors: FieldError[] = []
  if (tailLines !== undefined && tailLines < 0)
    errors.push(invalidField('tailLines', tailLines, 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(invalidField('limitBytes', limitBytes, 'must be greater than 0'))
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    errors.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    errors.push(invalidField('sinceSeconds', sinceSeconds, 'must be greater than 0'))
  }
  // the feature that lets clients choose a stream is off by default
  if (query?.get('stream')) errors.push(forbidden('stream', 'may not be specified'))
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, name, errors)
}
