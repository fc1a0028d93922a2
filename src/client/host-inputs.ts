/** What components give to their host, checked by loops over a few keys: each fork repeats the calls. */
import { InputError } from '../lang/input-error.js'
import { refuseUnknown } from '../api/known-keys.js'

const INFORMER = ['namespace', 'labelSelector', 'fieldSelector', 'id', 'indexers']
const QUEUE = ['baseDelay', 'maxDelay', 'retryClass', 'workRetries', 'maxRetries', 'retryOn']
const HANDLER = ['quiet', 'passive', 'role']
const SOURCE = ['component', 'host', 'instance']

/** Checks the arguments of `host.informer()`. @throws InputError */
export function checkInformer(resource: unknown, options: object): void {
  if (typeof resource !== 'string' || resource === '')
    throw new InputError(`informer(): resource must be a name such as 'pods', not ${shown(resource)}`)
  refuseUnknown(`informer of ${resource}`, options, INFORMER)
  for (const [key, value] of Object.entries(options))
    if (key !== 'indexers' && value !== undefined && typeof value !== 'string')
      throw new InputError(
        `informer of ${resource}: ${key} must be a text such as 'app=web', not ${shown(value)}`,
      )
}

/** Checks the arguments of `host.handle()`. @throws InputError */
export function checkHandler(topic: unknown, handler: unknown, options: object = {}): void {
  if (typeof topic !== 'string' || typeof handler !== 'function')
    throw new InputError(
      "handle() takes a topic and a function. Write for example: host.handle('tick', (key) => { ... })",
    )
  refuseUnknown('handle()', options, HANDLER)
}

/** Checks the arguments of `host.state()`. @throws InputError */
export function checkState(name: unknown, initial: unknown): void {
  if (typeof name !== 'string' || typeof initial !== 'function')
    throw new InputError(
      "state() takes a name and a function. Write for example: host.state('seen', () => new Map())",
    )
}

/** Checks the arguments of `host.log()`. @throws InputError */
export function checkLog(level: unknown, message: unknown): void {
  if (typeof message === 'string' && (level === 'info' || level === 'warning' || level === 'error')) return
  throw new InputError(
    `log(): level must be one of 'info', 'warning', 'error' and message a text, not ${shown(level)} and ` +
      `${shown(message)}. Write for example: host.log('warning', 'no space left')`,
  )
}

/** Checks the arguments of `host.workQueue()`. @throws InputError */
export function checkQueue(name: unknown, reconcile: unknown, options: object): void {
  if (typeof name !== 'string' || name === '' || typeof reconcile !== 'function')
    throw new InputError(
      "workQueue() takes a name and a function. Write for example: host.workQueue('queue', (key) => { ... })",
    )
  refuseUnknown('workQueue()', options, QUEUE)
}

/** Checks the argument of `host.recorder()`. @throws InputError */
export function checkRecorder(source: unknown): void {
  const { component } = (source ?? {}) as { readonly component?: unknown }
  if (typeof component !== 'string' || component === '')
    throw new InputError(
      'recorder(): source must have the name of a component. Write for example: ' +
        "host.recorder({ component: 'my-controller' })",
    )
  refuseUnknown('recorder()', source as object, SOURCE)
}

/** Checks the key that an informer is asked for. @throws InputError */
export function checkKey(key: unknown): void {
  if (typeof key !== 'string')
    throw new InputError(
      `a key must be a text such as 'default/web', not ${shown(key)}; that of an object is keyOf(object)`,
    )
}

/** Checks the listener of an informer. @throws InputError */
export function checkListener(listener: unknown): void {
  if (typeof listener !== 'function')
    throw new InputError(
      'onChange() takes a function. Write for example: ' +
        'pods.onChange(({ type, object }) => queue.add(keyOf(object)))',
    )
}

const MOST_SHOWN = 60
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, MOST_SHOWN)
