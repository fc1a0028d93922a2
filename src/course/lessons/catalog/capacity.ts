import { goal, isAmount, isUp, objectOf, podsOf, templateOf } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { applied, change, deployment, jsonPatch, lines, patch, told } from '../shared.js'

const priorityClass = (name: string, value: number, more: object = {}): object => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  ...more,
})

const localClass = (volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer'): object => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local' },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode,
})

const localVolume = (node: string, storage: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: `disk-${node}` },
  spec: {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'local',
    persistentVolumeReclaimPolicy: 'Retain',
    local: { path: '/mnt/disk' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
        ],
      },
    },
  },
})

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'local',
    resources: { requests: { storage: '5Gi' } },
  },
}

/** Chapter 8: pods and what their nodes have for them. */
export const capacityLessons: readonly LessonSource[] = [
  lesson('priority', 'medium', 6, (draw) => {
    const web = draw.app()
    const important = draw.one('business', 'customers', 'front')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '자리를 빼앗긴 서비스',
          `노드가 야간 작업 batch로 가득 차서 ${web}의 포드가 Pending입니다. ${web}는 batch보다 먼저여야 합니다. batch의 설정은 그대로 두세요.`,
          [
            'kubectl describe pod: Insufficient cpu, 그리고 preemption에 관한 말',
            'kubectl get priorityclasses',
            `${web}의 템플릿에 priorityClassName이 있나요?`,
          ],
          `${web}에 우선순위 클래스가 없어 batch와 같은 순위였습니다. ${important} 클래스를 주면 스케줄러가 batch의 포드를 내보내고 자리를 만듭니다.`,
        ),
        en: told(
          'A service without a place',
          `The nodes are full of the nightly work batch, so the pods of ${web} stay Pending. ${web} must ` +
            `come before batch. Leave the settings of batch as they are.`,
          [
            'kubectl describe pod: Insufficient cpu, and what it says of preemption',
            'kubectl get priorityclasses',
            `Does the template of ${web} have a priorityClassName?`,
          ],
          `${web} had no priority class, so it ranked with batch. With the class ${important} the ` +
            `scheduler evicts pods of batch to make room.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          priorityClass(important, 1000, { description: 'What customers see' }),
          deployment('batch', { resources: { requests: { cpu: '1' } } }, {}, 40),
        ])
        cluster.settle()
        cluster.apply([deployment(web, { resources: { requests: { cpu: '1' } } })])
        cluster.advance('1m')
      },
      shows: { run: `kubectl get pods -l app=${web}`, prints: /Pending/ },
      goals: [
        isUp(web),
        goal(
          `The pods of ${web} have the priority of ${important}.`,
          `${web}의 포드가 ${important}의 우선순위를 가집니다.`,
          ({ cluster }) => {
            const pods = podsOf(cluster, web)
            return pods.length >= 2 && pods.every(({ spec }) => spec.priority === 1000)
          },
        ),
        goal(
          'Every other place is still used by batch.',
          '나머지 자리는 여전히 batch가 쓰고 있습니다.',
          ({ cluster }) =>
            podsOf(cluster, 'batch').filter(({ status }) => status.phase === 'Running').length >= 4,
        ),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.spec.priorityClassName') }),
      ],
      solution: lines(
        patch(`deployment ${web}`, { spec: { template: { spec: { priorityClassName: important } } } }),
        'sleep 90',
      ),
      wrongRepairs: [
        lines('kubectl scale deployment batch --replicas=2', 'sleep 60'),
        lines('kubectl delete deployment batch', 'sleep 60'),
        lines('kubectl delete pods -l app=batch', 'sleep 60'),
        lines(`kubectl set resources deployment ${web} --requests=cpu=10m`, 'sleep 60'),
        lines('kubectl set resources deployment batch --requests=cpu=10m', 'sleep 60'),
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { priorityClassName: 'system-node-critical' } } },
          }),
          'sleep 60',
        ),
        lines(
          applied(priorityClass('everybody', 1000, { globalDefault: true })),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('oom-killed', 'easy', 4, (draw) => {
    const web = draw.app()
    const needed = draw.one(300, 200, 400)
    return {
      exams: ['ckad', 'cka'],
      options: { images: { 'registry.example.com/cache:2': { memory: needed * 1024 * 1024, cpu: 0.1 } } },
      texts: {
        ko: told(
          '자꾸 죽는 캐시',
          `${web}의 컨테이너가 몇 초마다 다시 시작합니다. 로그에는 아무것도 없습니다. 한도는 있어야 합니다.`,
          [
            'kubectl describe pod: Last State의 Reason과 Exit Code',
            'kubectl get deployment -o yaml의 limits',
            `이 프로그램은 메모리를 ${needed}Mi쯤 씁니다.`,
          ],
          `메모리 한도가 128Mi인데 프로그램은 ${needed}Mi를 씁니다. 한도를 넘으면 커널이 프로세스를 죽입니다(OOMKilled, 137).`,
        ),
        en: told(
          'A cache that dies again and again',
          `The containers of ${web} start anew every few seconds, and their logs say nothing. A limit ` +
            `there must be.`,
          [
            'kubectl describe pod: Reason and Exit Code of the Last State',
            'limits in kubectl get deployment -o yaml',
            `The program takes about ${needed}Mi of memory.`,
          ],
          `The memory limit was 128Mi, and the program takes ${needed}Mi. The kernel kills a process ` +
            `beyond its limit (OOMKilled, 137).`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {
            image: 'registry.example.com/cache:2',
            resources: { requests: { memory: '64Mi' }, limits: { memory: '128Mi' } },
          }),
        ])
        cluster.advance('1m')
      },
      shows: { run: `kubectl describe pods -l app=${web}`, prints: /OOMKilled/ },
      goals: [
        isUp(web),
        goal(
          `${web} has a memory limit of at most 1Gi, and its image is the same.`,
          `${web}의 메모리 한도가 1Gi 이하이고 이미지는 그대로입니다.`,
          ({ cluster }) =>
            templateOf(cluster, web)?.containers.every(
              ({ resources, image }) =>
                image === 'registry.example.com/cache:2' &&
                isAmount(resources?.limits?.['memory'], { from: '1', to: '1Gi' }),
            ) === true,
        ),
        goal('No container is killed any more.', '더는 죽는 컨테이너가 없습니다.', ({ cluster }) => {
          const restarts = (): number =>
            podsOf(cluster, web)
              .flatMap(({ status }) => status.containerStatuses ?? [])
              .reduce((sum, { restartCount }) => sum + restartCount, 0)
          const before = restarts()
          cluster.advance('10m')
          return restarts() === before
        }),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.spec.containers.*.resources') }),
      ],
      solution: lines(
        `kubectl set resources deployment ${web} --requests=memory=512Mi --limits=memory=512Mi`,
        'sleep 90',
      ),
      wrongRepairs: [
        change(web, { op: 'remove', path: '/spec/template/spec/containers/0/resources' }),
        lines(`kubectl set resources deployment ${web} --limits=memory=${needed - 20}Mi`, 'sleep 90'),
        lines(`kubectl set image deployment ${web} ${web}=nginx`, 'sleep 90'),
        change(web, {
          op: 'add',
          path: '/spec/template/spec/containers/0/command',
          value: ['sleep', '100000'],
        }),
        lines(
          `kubectl set resources deployment ${web} --limits=memory=64Gi --requests=memory=64Mi`,
          'sleep 90',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
      ],
    }
  }),
  lesson('binding-mode', 'hard', 9, (draw) => {
    const web = draw.app()
    const [node, other] = draw.nodes('node-2')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '다른 노드의 디스크',
          `${web}의 포드가 Pending입니다. ${web}는 ${node}에서 실행되어야 하고, 데이터는 그 노드의 디스크에 두어야 합니다. 같은 ` +
            `일이 다시 일어나지 않게 해 주세요. 클레임은 아직 비어 있습니다.`,
          [
            'kubectl describe pod: volume node affinity conflict',
            'kubectl get pv,pvc: 클레임이 어느 디스크에 묶였나요?',
            'kubectl get storageclass: VOLUMEBINDINGMODE. 바꿀 수 없는 필드이므로 다시 만들어야 합니다.',
          ],
          `클래스가 Immediate여서 포드가 배치되기도 전에 클레임이 ${other}의 디스크에 묶였습니다. WaitForFirstConsumer는 ` +
            `스케줄러가 노드를 고를 때까지 기다립니다.`,
        ),
        en: told(
          'A disk on another node',
          `The pod of ${web} is Pending. ${web} must run on ${node}, with its data on a disk of that node. ` +
            `See that this does not happen again. The claim is still empty.`,
          [
            'kubectl describe pod: volume node affinity conflict',
            'kubectl get pv,pvc: which disk is the claim bound to?',
            'kubectl get storageclass: VOLUMEBINDINGMODE. The field is immutable, so make the class anew.',
          ],
          `The class was Immediate, so the claim was bound to the disk of ${other} before there was a pod. ` +
            `WaitForFirstConsumer waits until the scheduler has chosen a node.`,
        ),
      },
      // the disks' directories: without them the pod would wait
      prepare: ({ master }) =>
        master.sh(lines('ssh node-1 mkdir -p /mnt/disk', 'ssh node-2 mkdir -p /mnt/disk')),
      start: ({ cluster }) => {
        cluster.apply([localClass('Immediate'), localVolume(other, '5Gi'), localVolume(node, '10Gi'), claim])
        cluster.settle()
        cluster.apply([
          deployment(
            web,
            { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
            {
              nodeSelector: { 'kubernetes.io/hostname': node },
              volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
            },
            1,
          ),
        ])
        cluster.advance('1m')
      },
      shows: {
        run: `kubectl describe pods -l app=${web}`,
        prints: /volume node affinity|didn't match PersistentVolume's node affinity/,
      },
      goals: [
        isUp(web, 1),
        goal(
          `The claim data is bound to the disk of ${node}.`,
          `클레임 data가 ${node}의 디스크에 묶여 있습니다.`,
          ({ cluster }) =>
            objectOf(cluster, 'persistentvolumeclaims', 'data')?.spec.volumeName === `disk-${node}`,
        ),
        goal(
          'The class local waits for the first consumer.',
          '클래스 local이 첫 사용자를 기다립니다.',
          ({ cluster }) => {
            const [found] = cluster.state.peek('storageclasses', { fieldSelector: 'metadata.name=local' })
            return (
              found?.volumeBindingMode === 'WaitForFirstConsumer' &&
              found.provisioner === 'kubernetes.io/no-provisioner'
            )
          },
        ),
        keepsTheRest({
          'storageclasses/local': changing('volumeBindingMode'),
          'persistentvolumeclaims/data': changing('spec.volumeName'),
        }),
      ],
      solution: lines(
        `kubectl scale deployment ${web} --replicas=0`,
        'kubectl delete pvc data',
        'kubectl delete storageclass local',
        applied(localClass('WaitForFirstConsumer'), claim),
        `kubectl scale deployment ${web} --replicas=1`,
        'sleep 90',
      ),
      wrongRepairs: [
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'remove', path: '/spec/template/spec/nodeSelector' }]),
          'sleep 60',
        ),
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { nodeSelector: { 'kubernetes.io/hostname': other } } } },
          }),
          'sleep 60',
        ),
        change(web, {
          op: 'replace',
          path: '/spec/template/spec/volumes/0',
          value: { name: 'data', emptyDir: {} },
        }),
        lines(
          `kubectl scale deployment ${web} --replicas=0`,
          'kubectl delete pvc data',
          applied({ ...claim, spec: { ...claim.spec, volumeName: `disk-${node}` } }),
          `kubectl scale deployment ${web} --replicas=1`,
          'sleep 60',
        ),
        lines(
          `kubectl delete pv disk-${other} --wait=false`,
          jsonPatch(`pv disk-${other}`, [{ op: 'remove', path: '/metadata/finalizers' }]),
          'sleep 60',
        ),
        lines('kubectl delete storageclass local', applied(localClass('WaitForFirstConsumer')), 'sleep 60'),
      ],
    }
  }),
]
