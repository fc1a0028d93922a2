import {
  type ComponentHost,
  type ControllerContext,
  defineController,
  type EventRecorder,
  type ImageContext,
  type Informer,
  SimCluster,
  type WorkQueue,
} from 'simcluster'

type Watched = { readonly pods: 'pods' }

/** What a controller and an image are given when they run. */
export interface ComponentHandles {
  readonly host: ComponentHost
  readonly context: ControllerContext<Watched>
  readonly informer: Informer<ReturnType<ComponentHost['client']['get']>>
  readonly queue: WorkQueue
  readonly recorder: EventRecorder
  readonly image: ImageContext
}

/** Starts a cluster with a controller and an image that keep what they are given. */
export function componentHandles(): ComponentHandles {
  let context: ControllerContext<Watched> | undefined
  let image: ImageContext | undefined
  const keeper = defineController({
    name: 'keeper',
    identity: { name: 'keeper', groups: ['system:masters'] },
    informers: { pods: { resource: 'pods', indexers: { node: ({ spec }) => [spec.nodeName ?? ''] } } },
    setup: (given) => {
      context = given
      return { on: {}, reconcile: () => undefined }
    },
  })
  const cluster = new SimCluster({
    nodes: 1,
    components: [keeper],
    images: {
      app: {
        name: 'app',
        behavior: {
          start: (given) => {
            image = given
            return {}
          },
        },
      },
    },
  })
  cluster.kubectl('run app --image=app')
  cluster.settle()
  if (context === undefined || image === undefined) throw new Error('assertion failed: nothing was set up')
  const { host, informers, queue } = context
  return {
    host,
    context,
    informer: informers.pods,
    queue,
    recorder: host.recorder({ component: 'keeper' }),
    image,
  }
}
