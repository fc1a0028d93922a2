import { quote } from '../../lang/go/quote.js'
import type { LifecycleHandler } from '../../api/core/generated.js'
import type { RuntimeTask } from '../runtime/state.js'
import { httpGet } from '../prober/probe-action.js'
import type { ActionScope } from '../prober/target.js'
import { ActionFault } from '../prober/target.js'

/** The two hooks of a container. */
export type HookName = 'postStart' | 'preStop'

/**
 * State of a hook. `sleeping`: it ends after that many ms; `running`: its command runs and reports its end
 * later.
 */
export type HookOutcome =
  | { readonly kind: 'done' | 'running' }
  | { readonly kind: 'sleeping'; readonly ms: number }
  | { readonly kind: 'failed'; readonly message: string }

const DONE: HookOutcome = { kind: 'done' }
const RUNNING: HookOutcome = { kind: 'running' }

/** Begins a hook. Source: pkg/kubelet/lifecycle/handlers.go Run. */
export function runHook(scope: ActionScope, name: HookName, handler: LifecycleHandler): HookOutcome {
  const { exec, httpGet: http, sleep } = handler
  if (exec) {
    const { runtime, uid, container } = scope
    const task = runtime.runTask(uid, container.name, name, exec.command ?? [])
    return task === undefined
      ? failed(scope, `Exec lifecycle hook (${list(exec.command)})`, 'container is not running', '')
      : hookTaskOutcome(scope, handler, task)
  }
  if (http) return httpHook(scope, http)
  if (sleep) return sleep.seconds > 0 ? { kind: 'sleeping', ms: sleep.seconds * 1000 } : DONE
  return { kind: 'failed', message: 'Cannot run handler: invalid handler: <nil>' }
}

/** Outcome of a hook's command. Source: cri-client remote_runtime.go ExecSync. */
export function hookTaskOutcome(
  scope: ActionScope,
  { exec }: LifecycleHandler,
  { end, output, errors }: RuntimeTask,
): HookOutcome {
  if (end === undefined) return RUNNING
  const command = exec?.command ?? []
  const what = `Exec lifecycle hook (${list(command)})`
  if ('error' in end)
    return failed(
      scope,
      what,
      `rpc error: code = Unknown desc = failed to exec in container: failed to start exec: ${end.error}`,
      '',
    )
  return end.exitCode === 0
    ? DONE
    : failed(scope, what, `command '${command.join(' ')}' exited with ${end.exitCode}: ${errors}`, output)
}

/** Runs an HTTP hook. Any response counts as success. */
function httpHook(scope: ActionScope, action: NonNullable<LifecycleHandler['httpGet']>): HookOutcome {
  const what = `HTTP lifecycle hook (${action.path ?? '/'})`
  try {
    const got = httpGet(scope, action, undefined)
    if ('error' in got) return failed(scope, what, got.error)
    return got.delay > 0 ? { kind: 'sleeping', ms: got.delay } : DONE
  } catch (error) {
    if (!(error instanceof ActionFault)) throw error
    return failed(scope, what, error.message)
  }
}

function failed(
  { pod, uid, container }: ActionScope,
  what: string,
  error: string,
  output?: string,
): HookOutcome {
  const { name = '', namespace = 'default' } = pod.metadata
  const said = output === undefined ? '' : `, message: ${quote(output)}`
  return {
    kind: 'failed',
    message:
      `${what} for Container ${quote(container.name)} in Pod "${name}_${namespace}(${uid})" ` +
      `failed - error: ${error}${said}`,
  }
}

/** Formats a list like Go. */
function list(words: readonly string[] | null | undefined): string {
  return `[${(words ?? []).join(' ')}]`
}
