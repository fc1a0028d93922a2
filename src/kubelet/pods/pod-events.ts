import type { Container, PersistentVolumeClaim } from '../../api/core/generated.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { PodRecord } from './pod-record.js'

/** Records events about pods; does nothing if events are disabled. */
export class PodEvents {
  readonly #recorder: EventRecorder | undefined

  constructor(recorder: EventRecorder | undefined) {
    this.#recorder = recorder
  }

  /** Records an event about the pod. */
  pod(record: PodRecord, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder?.event({ object: record.pod, kind: 'Pod', apiVersion: 'v1' }, type, reason, message)
  }

  /** Records an event about a claim of a pod. */
  claim(object: PersistentVolumeClaim, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder?.event({ object, kind: 'PersistentVolumeClaim', apiVersion: 'v1' }, type, reason, message)
  }

  /** Records an event about one container: `spec.containers{name}`. */
  container(
    record: PodRecord,
    { name }: Pick<Container, 'name'>,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void {
    if (!this.#recorder) return
    const { initContainers, ephemeralContainers } = record.pod.spec
    const init = initContainers?.some((container) => container.name === name)
    const kind = init
      ? 'initContainers'
      : ephemeralContainers?.some((container) => container.name === name)
        ? 'ephemeralContainers'
        : 'containers'
    const fieldPath = `spec.${kind}{${name}}`
    this.#recorder.event(
      { object: record.pod, kind: 'Pod', apiVersion: 'v1', fieldPath },
      type,
      reason,
      message,
    )
  }
}
