/**
 * One thing that may happen to a cluster: a user's action, a fault of a node or a component, or time. Plain
 * data, so that a failing history can be read, pasted into a test and run again. `node` and `object` are
 * numbers that choose among what is there at the time, and `ms` is virtual time.
 */
export type HistoryAction =
  | {
      readonly do: 'deployment'
      readonly name: string
      readonly replicas: number
      readonly cpu: string
      readonly surge: number
    }
  | { readonly do: 'daemonset'; readonly name: string; readonly tolerates: boolean }
  | {
      readonly do: 'statefulset'
      readonly replicas: number
      readonly parallel: boolean
      readonly partition: number
      readonly stores: boolean
    }
  | {
      readonly do: 'job'
      readonly completions: number
      readonly indexed: boolean
      readonly deadline: number | undefined
    }
  | { readonly do: 'cronjob'; readonly policy: string; readonly suspend: boolean }
  | { readonly do: 'service'; readonly name: string; readonly headless: boolean; readonly early: boolean }
  | { readonly do: 'autoscaler'; readonly name: string; readonly least: number; readonly most: number }
  | { readonly do: 'load'; readonly name: string; readonly cpu: string }
  | { readonly do: 'pod'; readonly name: string; readonly forced: number | undefined; readonly grace: number }
  | { readonly do: 'budget'; readonly name: string; readonly minAvailable: number | string }
  | { readonly do: 'scale'; readonly name: string; readonly replicas: number }
  | {
      readonly do: 'rollout'
      readonly kind: 'deployments' | 'daemonsets' | 'statefulsets'
      readonly name: string
      readonly image: string
    }
  | {
      readonly do: 'delete'
      readonly kind: string
      readonly object: number
      readonly policy: PropagationPolicy
    }
  | { readonly do: 'kill'; readonly object: number }
  | { readonly do: 'drain'; readonly node: number; readonly timeout: string }
  | { readonly do: NodeVerb; readonly node: number }
  | { readonly do: 'addNode'; readonly node: number }
  | { readonly do: 'stop' | 'start'; readonly component: string }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'settle' | 'stopApiserver' | 'startApiserver' }

/** What may happen to a machine: methods of the node's handle. */
export const machineVerbs = [
  'cordon',
  'uncordon',
  'crash',
  'recover',
  'partition',
  'repair',
  'reboot',
  'remove',
] as const

/** What may happen to a kubelet, and the methods of its handle. */
export const kubeletVerbs = { stopKubelet: 'stop', startKubelet: 'start', restartKubelet: 'restart' } as const

/** See {@link machineVerbs} and {@link kubeletVerbs}. */
export type NodeVerb = (typeof machineVerbs)[number] | keyof typeof kubeletVerbs

/** Whether it happens to a node's kubelet, not to its machine. */
export const isKubeletVerb = (verb: NodeVerb): verb is keyof typeof kubeletVerbs => verb in kubeletVerbs

/** What a delete does with what the object owns. */
export type PropagationPolicy = 'Orphan' | 'Background' | 'Foreground'
