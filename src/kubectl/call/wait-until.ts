import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { CommandLine } from './call.js'
import { resourceNameOf } from '../args/kinds.js'

/** An object that is waited for. */
export interface AwaitedObject {
  readonly definition: KindDefinition
  readonly name: string
  readonly namespace?: string
}

/**
 * Moves virtual time until `isMet` holds for the object (undefined if it does not exist), at most `timeout`
 * ms. Returns whether it holds.
 */
export function waitForObject(
  call: CommandLine,
  { definition, ...key }: AwaitedObject,
  isMet: (object: KubeObject | undefined) => boolean,
  timeout: number,
): boolean {
  const { client, env } = call
  const isNow = (): boolean => isMet(ignoreNotFound(() => client.get(resourceNameOf(definition), key)))
  return isNow() || env.until(isNow, timeout)
}
