import {
  checkHandler,
  checkInformer,
  checkLog,
  checkQueue,
  checkRecorder,
  checkState,
} from '../../client/host-inputs.js'
import type { RecorderSource } from '../../client/component.js'
import type { Informer, InformerOptions } from '../../client/informers/informer.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { ObjectOf, ResourceName } from '../../client/resources.js'
import type { KernelEvents } from '../../sim/event-bus.js'
import type { Handler, HandlerOptions, Slice, Topic } from '../../sim/modules/topic.js'
import type { WorkQueue, WorkQueueOptions } from '../../sim/modules/work-queue.js'
import { ClusterComponentHost } from './component-host.js'

/** The host of a component of the user. It checks what it is given, which forks would do for 33 others. */
export class CheckedComponentHost extends ClusterComponentHost {
  override informer<R extends ResourceName>(
    resource: R,
    options: InformerOptions<ObjectOf<R>> = {},
  ): Informer<ObjectOf<R>> {
    checkInformer(resource, options)
    return super.informer(resource, options)
  }

  override workQueue(
    name: string,
    reconcile: (key: string) => void,
    options: WorkQueueOptions = {},
  ): WorkQueue {
    checkQueue(name, reconcile, options)
    return super.workQueue(name, reconcile, options)
  }

  override handle(topic: string, handler: Handler, options?: HandlerOptions): Topic {
    checkHandler(topic, handler, options)
    return super.handle(topic, handler, options)
  }

  override state<S>(name: string, initial: () => S): Slice<S> {
    checkState(name, initial)
    return super.state(name, initial)
  }

  override log(level: KernelEvents['log']['level'], message: string): void {
    checkLog(level, message)
    super.log(level, message)
  }

  override recorder(source: RecorderSource): EventRecorder {
    checkRecorder(source)
    return super.recorder(source)
  }
}
