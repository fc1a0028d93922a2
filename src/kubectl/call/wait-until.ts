import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { CommandLine } from './call.js'
import { resourceNameOf } from '../args/kinds.js'
import { Reflector } from '../rest/reflector.js'
import { RestClient } from '../rest/rest-client.js'

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
  if (!(client instanceof RestClient)) {
    const isNow = (): boolean => isMet(ignoreNotFound(() => client.get(resourceNameOf(definition), key)))
    return isNow() || env.until(isNow, timeout)
  }
  const reflector = new Reflector(call, client, definition, key)
  const isNow = (): boolean => {
    reflector.next()
    return reflector.isSynced && isMet(reflector.object)
  }
  try {
    return waitUntil(call, isNow, timeout)
  } finally {
    reflector.stop()
  }
}

/** Virtual ms between calls of a reflector, which warns when nothing happens. */
const TICK = 10_000

/** Moves virtual time until `isOver`, at most `timeout` ms. Returns whether it is. */
export function waitUntil({ env }: CommandLine, isOver: () => boolean, timeout: number): boolean {
  const deadline = env.clock.now() + timeout
  for (;;) {
    if (isOver()) return true
    const left = deadline - env.clock.now()
    if (left <= 0) return false
    if (env.until(isOver, Math.min(left, TICK))) return true
  }
}
