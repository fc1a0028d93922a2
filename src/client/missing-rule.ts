import type { ApiError } from './api-error.js'

/**
 * Returns the rule of a Role that would allow what a 403 refuses, as YAML in one line; undefined for refusals
 * of admission, which no rule lifts.
 */
export function missingRule({ message }: ApiError): string | undefined {
  const [, verb, resource, group = ''] =
    /" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"/.exec(message) ?? []
  return verb === undefined
    ? undefined
    : `{apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"]}`
}
