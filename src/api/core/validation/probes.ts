import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.js'
import type { IntOrString } from '../../../lang/json/json.js'
import { portNameFaults, portNumberFaults } from '../../validation/names.js'
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../generated.js'

/**
 * Validates a port of a handler or Service: a number, or the name of a container port. Source:
 * ValidatePortNumOrName.
 */
export function validatePortNumberOrName(port: IntOrString, path: string, errors: FieldError[]): void {
  const faults = typeof port === 'number' ? portNumberFaults(port) : portNameFaults(port)
  for (const fault of faults) errors.push(invalid(path, port, fault))
}

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>

/**
 * Validates that there is exactly one handler, and that it is valid. Source: pkg/apis/core/validation
 * validateHandler.
 */
function validateHandler(handler: Handler, path: string, gracePeriod: number, errors: FieldError[]): void {
  let known = 0
  const claim = (name: string): boolean => {
    if (++known > 1) errors.push(forbidden(`${path}.${name}`, 'may not specify more than 1 handler type'))
    return known === 1
  }
  if (handler.exec !== undefined && claim('exec') && (handler.exec.command ?? []).length === 0) {
    errors.push(required(`${path}.exec.command`))
  }
  if (handler.httpGet !== undefined && claim('httpGet'))
    validateHttpGet(handler.httpGet, `${path}.httpGet`, errors)
  if (handler.tcpSocket !== undefined && claim('tcpSocket')) {
    validatePortNumberOrName(handler.tcpSocket.port, `${path}.tcpSocket.port`, errors)
  }
  if (handler.grpc !== undefined && claim('grpc'))
    validatePortNumberOrName(handler.grpc.port, `${path}.grpc.port`, errors)
  if (handler.sleep !== undefined && claim('sleep'))
    validateSleep(handler.sleep.seconds, gracePeriod, `${path}.sleep`, errors)
  if (known === 0) errors.push(required(path, 'must specify a handler type'))
}

function validateHttpGet(action: HTTPGetAction, path: string, errors: FieldError[]): void {
  if ((action.path ?? '') === '') errors.push(required(`${path}.path`))
  validatePortNumberOrName(action.port, `${path}.port`, errors)
  if (action.scheme !== 'HTTP' && action.scheme !== 'HTTPS') {
    errors.push(notSupported(`${path}.scheme`, action.scheme, ['HTTP', 'HTTPS']))
  }
  for (const { name } of action.httpHeaders ?? []) {
    if (!/^[-A-Za-z0-9]+$/.test(name)) {
      const rule =
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', " +
        'regex used for validation is '
      errors.push(invalid(`${path}.httpHeaders`, name, `${rule}'[-A-Za-z0-9]+')`))
    }
  }
}

/** A pre-stop sleep must fit into the grace period (zero is allowed since 1.34). */
function validateSleep(seconds: number, gracePeriod: number, path: string, errors: FieldError[]): void {
  if (seconds >= 0 && seconds <= gracePeriod) return
  errors.push(
    invalid(
      path,
      seconds,
      `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`,
    ),
  )
}

const timings = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const

function validateProbe(probe: Probe, path: string, gracePeriod: number, errors: FieldError[]): void {
  validateHandler(probe, path, gracePeriod, errors)
  for (const name of timings) {
    const value = probe[name] ?? 0
    if (value < 0) errors.push(invalid(`${path}.${name}`, value, 'must be greater than or equal to 0'))
  }
  const own = probe.terminationGracePeriodSeconds
  if (own !== undefined && own <= 0)
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, own, 'must be greater than 0'))
}

interface Probed {
  readonly lifecycle?: Lifecycle
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
  readonly startupProbe?: Probe
}

/** Validates lifecycle hooks and probes of a container. */
export function validateProbes(
  container: Probed,
  path: string,
  gracePeriod: number,
  errors: FieldError[],
): void {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  if (lifecycle?.postStart !== undefined)
    validateHandler(lifecycle.postStart, `${path}.lifecycle.postStart`, gracePeriod, errors)
  if (lifecycle?.preStop !== undefined)
    validateHandler(lifecycle.preStop, `${path}.lifecycle.preStop`, gracePeriod, errors)
  if (livenessProbe !== undefined)
    validateOnceProbe(livenessProbe, `${path}.livenessProbe`, gracePeriod, errors)
  if (readinessProbe !== undefined) {
    validateProbe(readinessProbe, `${path}.readinessProbe`, gracePeriod, errors)
    const own = readinessProbe.terminationGracePeriodSeconds
    if (own !== undefined) {
      errors.push(
        invalid(
          `${path}.readinessProbe.terminationGracePeriodSeconds`,
          own,
          'must not be set for readinessProbes',
        ),
      )
    }
  }
  if (startupProbe !== undefined) validateOnceProbe(startupProbe, `${path}.startupProbe`, gracePeriod, errors)
}

/** Liveness and startup probes must have a successThreshold of 1. */
function validateOnceProbe(probe: Probe, path: string, gracePeriod: number, errors: FieldError[]): void {
  validateProbe(probe, path, gracePeriod, errors)
  if (probe.successThreshold !== 1)
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'))
}
