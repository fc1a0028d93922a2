import { quantityValue, type ResourceList } from '../../api/quantity.js'
import type { Machine } from '../../kubelet/index.js'
import { formatTime } from '../../lang/go/time.js'
import { addUsage, type MeasuredPod, measuredPod, type KubeletUsage } from './kubelet-usage.js'

/** What a summary is made of. */
interface Observed {
  readonly node: string
  readonly capacity: ResourceList
  readonly machine: Machine
  /** Virtual ms. */
  readonly now: number
}

/** Default limit of processes on a machine. */
const MOST_PIDS = 32_768

/**
 * Returns the stats summary of a node and its pods. Cumulative CPU is what they would have used with their
 * present usage since their start. Source: kubelet/pkg/apis/stats/v1alpha1/types.go Summary.
 */
export function summaryOf({ node: nodeName, capacity, machine, now }: Observed): object {
  const { memory = 0, storage = 0, pids = 0 } = machine.systemUsage
  const pods = [...machine.pods()].map((sandbox) => measuredPod(machine, sandbox, now))
  let images = storage
  for (const image of machine.images()) if (image.state === 'present') images += image.size
  const total: KubeletUsage = { cpu: 0, seconds: 0, memory, storage: images }
  for (const { sum } of pods) addUsage(total, sum)
  const shown = new Shown(formatTime(now), quantityValue(capacity['ephemeral-storage'] ?? '0'), total.storage)
  return {
    node: {
      nodeName,
      startTime: formatTime(now),
      ...shown.usage(total, quantityValue(capacity['memory'] ?? '0')),
      fs: shown.disk(total.storage),
      runtime: { imageFs: shown.disk(images), containerFs: shown.disk(total.storage - images) },
      rlimit: {
        time: formatTime(now),
        maxpid: MOST_PIDS,
        curproc: pids + pods.reduce((count, { containers }) => count + containers.length, 0),
      },
    },
    pods: pods.map((pod) => shown.pod(pod)),
  }
}

/** Forms of what was measured at one moment on a disk. */
class Shown {
  readonly #time: string
  readonly #capacity: number
  readonly #used: number

  constructor(time: string, capacity: number, used: number) {
    this.#time = time
    this.#capacity = capacity
    this.#used = used
  }

  /** `limit`: bytes of memory that there are. */
  usage({ cpu, seconds, memory }: KubeletUsage, limit?: number): object {
    const bytes = Math.round(memory)
    return {
      cpu: {
        time: this.#time,
        usageNanoCores: Math.round(cpu * 1e9),
        usageCoreNanoSeconds: Math.round(seconds * 1e9),
      },
      memory: {
        time: this.#time,
        ...(limit === undefined ? {} : { availableBytes: Math.max(0, limit - bytes) }),
        usageBytes: bytes,
        workingSetBytes: bytes,
        rssBytes: bytes,
        pageFaults: 0,
        majorPageFaults: 0,
      },
    }
  }

  disk(usedBytes: number): object {
    return {
      time: this.#time,
      availableBytes: Math.max(0, this.#capacity - this.#used),
      capacityBytes: this.#capacity,
      usedBytes,
    }
  }

  pod({ sandbox: { name, namespace, uid }, containers, volumes, sum }: MeasuredPod): object {
    const [first = this.#time] = containers.map(({ started }) => formatTime(started)).sort()
    return {
      podRef: { name, namespace, uid },
      startTime: first,
      containers: containers.map(({ name: container, started, usage, logs }) => ({
        name: container,
        startTime: formatTime(started),
        ...this.usage(usage),
        rootfs: this.disk(Math.max(0, usage.storage - logs)),
        logs: this.disk(logs),
      })),
      ...this.usage(sum),
      ...(volumes.length === 0
        ? {}
        : { volume: volumes.map((volume) => ({ ...this.disk(volume.usedBytes), name: volume.name })) }),
      'ephemeral-storage': this.disk(sum.storage),
      process_stats: { process_count: containers.length },
    }
  }
}
