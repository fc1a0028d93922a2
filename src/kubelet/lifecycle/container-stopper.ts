import type { Container } from '../../api/core/generated.js'
import { effectiveGrace, remainingGrace } from '../pods/grace.js'
import type { PodEvents } from '../pods/pod-events.js'
import type { ContainerStop, PodRecord } from '../pods/pod-record.js'
import { containerMemory } from '../pods/pod-record.js'
import type { ActionScope } from '../prober/target.js'
import type { KubeletRelease } from '../release.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import { latestContainer } from '../runtime/state.js'
import { hookTaskOutcome, runHook } from './hooks.js'

/** What a {@link ContainerStopper} needs. */
export interface ContainerStopperDependencies {
  readonly runtime: ContainerRuntime
  readonly events: PodEvents
  readonly release: KubeletRelease
  readonly hostIP: string
}

/** Why a container is ended while its pod continues; a probe may have its own grace period. */
export type StopReason = 'startup' | 'liveness' | 'other'

/**
 * Ends one container: the event, the preStop hook, whose time is deducted from the grace period, then the
 * stop signal. Source: pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer, executePreStopHook.
 */
export class ContainerStopper {
  readonly #dependencies: ContainerStopperDependencies

  constructor(dependencies: ContainerStopperDependencies) {
    this.#dependencies = dependencies
  }

  /** Begins to end a running container. `grace` in ms. */
  begin(record: PodRecord, container: Container, now: number, grace: number, message: string): void {
    const memory = containerMemory(record, container.name)
    this.#dependencies.events.container(record, container, 'Normal', 'Killing', message)
    const stop: ContainerStop = { since: now, grace, spent: 0 }
    memory.stop = stop
    const hook = container.lifecycle?.preStop
    if (!hook || grace <= 0) return
    const outcome = runHook(this.#scope(record, container), 'preStop', hook)
    if (outcome.kind === 'sleeping') stop.hookUntil = now + Math.min(outcome.ms, grace)
    else if (outcome.kind === 'running') stop.hookUntil = now + grace
    else if (outcome.kind === 'failed') this.#hookFailed(record, container)
  }

  /**
   * Takes one more step. Returns when to look again (virtual ms); undefined if the signal was sent, as the
   * runtime then reports the end. `heldUntil`: no signal is sent before.
   */
  step(record: PodRecord, container: Container, now: number, heldUntil = 0): number | undefined {
    const { runtime } = this.#dependencies
    const { stop } = containerMemory(record, container.name)
    if (!stop) return undefined
    this.#lookAtHook(record, container, stop, now)
    const due = Math.max(stop.hookUntil ?? 0, heldUntil)
    if (due > now) return due
    // the kubelet counts the elapsed time in whole seconds
    const spent = Math.floor(Math.max(stop.spent, heldUntil > 0 ? now - stop.since : 0) / 1000) * 1000
    const name = container.lifecycle?.stopSignal
    runtime.stopContainer(
      record.uid,
      container.name,
      remainingGrace(stop.grace, spent),
      name === undefined ? undefined : signalNumber(name),
    )
    return undefined
  }

  /** The grace period of a container whose pod continues. Source: setTerminationGracePeriod. */
  graceOf({ pod }: PodRecord, container: Container, reason: StopReason): number {
    const probe =
      reason === 'startup'
        ? container.startupProbe
        : reason === 'liveness'
          ? container.livenessProbe
          : undefined
    const own =
      pod.metadata.deletionGracePeriodSeconds === undefined ? probe?.terminationGracePeriodSeconds : undefined
    return own === undefined ? effectiveGrace(pod) : own * 1000
  }

  #lookAtHook(record: PodRecord, container: Container, stop: ContainerStop, now: number): void {
    const hook = container.lifecycle?.preStop
    if (stop.hookUntil === undefined || !hook) return
    const { runtime } = this.#dependencies
    const latest = latestContainer(runtime.pod(record.uid), container.name)
    const task = hook.exec ? runtime.task(record.uid, container.name, 'preStop') : undefined
    const outcome = task
      ? hookTaskOutcome(this.#scope(record, container), hook, task)
      : { kind: 'running' as const }
    stop.hookUntil = Math.min(stop.hookUntil, stop.since + stop.grace)
    if (outcome.kind === 'running' && stop.hookUntil > now && latest?.state === 'running') return
    if (outcome.kind === 'failed' && latest?.state === 'running') this.#hookFailed(record, container)
    delete stop.hookUntil
    stop.spent = now - stop.since
    runtime.stopTask(record.uid, container.name, 'preStop')
  }

  #hookFailed(record: PodRecord, container: Container): void {
    this.#dependencies.events.container(
      record,
      container,
      'Warning',
      'FailedPreStopHook',
      'PreStopHook failed',
    )
  }

  #scope({ uid, pod }: PodRecord, container: Container): ActionScope {
    const { runtime, hostIP, release } = this.#dependencies
    return { runtime, uid, pod, container, hostIP, minor: release.minor }
  }
}

const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  IOT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  POLL: 29,
  PWR: 30,
  SYS: 31,
}
const RTMIN = 34
const RTMAX = 64

/** Number of a Linux signal (`SIGUSR1`, `SIGRTMIN+3`); 15 for an unknown name. */
export function signalNumber(name: string): number {
  const short = name.replace(/^SIG/, '')
  const realTime = /^RT(MIN|MAX)(?:[+-](\d+))?$/.exec(short)
  if (realTime)
    return realTime[1] === 'MIN' ? RTMIN + Number(realTime[2] ?? 0) : RTMAX - Number(realTime[2] ?? 0)
  return Object.hasOwn(NUMBERS, short) ? (NUMBERS[short] as number) : 15
}
