import { podsOf, goal, endpointsOf, isAmount, isUp, templateOf, comesUp } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, told, remove, change } from '../shared.js'

/** Chapter 8: pods that do not start. */
export const startingPodLessons: readonly LessonSource[] = [
  lesson('init-waits', 'medium', 4, (draw) => {
    const [web, db] = [draw.app(), draw.one('db', 'cache', 'queue', 'store')]
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '초기화에서 멈춘 포드',
          `${web}의 포드가 Init:0/1에 머물러 있습니다. 데이터베이스 ${db}의 포드는 실행 중입니다.`,
          [
            `kubectl logs deployment/${web} -c wait: 무엇을 기다리나요?`,
            'kubectl get services: 그 이름의 서비스가 있나요?',
            `포드 ${db}의 80번 포트로 이어지는 서비스 ${db}를 만드세요.`,
          ],
          `초기화 컨테이너는 이름 ${db}를 찾을 때까지 기다리는데, 그 이름의 서비스가 없었습니다. 초기화 컨테이너가 끝나야 본 컨테이너가 시작합니다.`,
        ),
        en: told(
          'Pods that do not get past initialization',
          `The pods of ${web} stay at Init:0/1. The pod of the database, ${db}, runs.`,
          [
            `kubectl logs deployment/${web} -c wait: what do they wait for?`,
            'kubectl get services: is there one of that name?',
            `Create a Service ${db} that leads to port 80 of the pod ${db}.`,
          ],
          `The init container waits until the name ${db} can be resolved, and no Service had that name. ` +
            `Containers start only after init containers have ended.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: db, labels: { app: db } },
            spec: { containers: [{ name: db, image: 'nginx' }] },
          },
          deployment(
            web,
            {},
            {
              initContainers: [
                {
                  name: 'wait',
                  image: 'busybox',
                  command: ['sh', '-c', `until nslookup ${db}; do echo waiting for ${db}; sleep 2; done`],
                },
              ],
            },
          ),
        ])
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get pods', prints: /Init:0\/1/ },
      goals: [
        isUp(web),
        goal(
          `The Service ${db} leads to the pod ${db}, and to nothing else.`,
          `서비스 ${db}가 포드 ${db}로만 이어집니다.`,
          ({ cluster }) => {
            cluster.settle()
            const targets = endpointsOf(cluster, db).map(({ targetRef }) => targetRef?.name)
            return (
              targets.join() === db &&
              cluster.network.connect({ from: { node: 'node-1' }, to: `default/${db}`, port: 80 }).connected
            )
          },
        ),
        keepsTheRest(),
      ],
      solution: lines(`kubectl expose pod ${db} --port=80`, 'sleep 60'),
      wrongRepairs: [
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'remove', path: '/spec/template/spec/initContainers' }]),
          'sleep 60',
        ),
        lines(
          `kubectl create service clusterip ${db} --tcp=80`,
          `kubectl label pod ${db} app=x --overwrite`,
          'sleep 60',
        ),
        lines(`kubectl create service externalname ${db} --external-name=example.com`, 'sleep 60'),
        lines(`kubectl expose deployment ${web} --name=${db} --port=80`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(`kubectl expose pod ${db} --port=80 --target-port=8080`, 'sleep 60'),
      ],
    }
  }),
  lesson('limit-range', 'easy', 4, (draw) => {
    const web = draw.app()
    const asked = draw.one('512Mi', '768Mi', '1Gi')
    return {
      exams: ['ckad', 'cka'],
      texts: {
        ko: told(
          '한도를 넘은 컨테이너',
          `디플로이먼트 ${web}에 포드가 하나도 없습니다. 네임스페이스의 규칙은 그대로 두세요.`,
          [
            'kubectl describe replicaset: 이벤트',
            'kubectl describe limitrange',
            '메모리 한도를 규칙 안으로 낮추세요.',
          ],
          `리밋레인지는 컨테이너의 메모리를 256Mi까지 허용하는데 ${web}는 ${asked}를 원했습니다. 거부는 포드를 만들 때 일어납니다.`,
        ),
        en: told(
          'A container beyond the limit',
          `The Deployment ${web} has no pod at all. Leave the rules of the namespace as they are.`,
          [
            'kubectl describe replicaset: events',
            'kubectl describe limitrange',
            'Lower the memory limit to what the rule allows.',
          ],
          `The LimitRange allows a container 256Mi of memory, and ${web} wanted ${asked}. Pods are ` +
            `refused when they are created.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'LimitRange',
            metadata: { name: 'memory' },
            spec: {
              limits: [{ type: 'Container', max: { memory: '256Mi' }, defaultRequest: { memory: '64Mi' } }],
            },
          },
          deployment(web, { resources: { limits: { memory: asked }, requests: { memory: '128Mi' } } }),
        ])
        cluster.advance('30s')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: /0\/2/ },
      goals: [
        isUp(web),
        goal(
          `${web} still asks for 128Mi of memory and has a limit of at least that.`,
          `${web}이 여전히 메모리 128Mi를 요청하고, 한도가 그 이상입니다.`,
          ({ cluster }) => {
            const { requests, limits } = templateOf(cluster, web)?.containers[0]?.resources ?? {}
            return (
              isAmount(requests?.['memory'], { from: '128Mi', to: '128Mi' }) &&
              isAmount(limits?.['memory'], { from: '128Mi', to: '256Mi' })
            )
          },
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.template.spec.containers.*.resources.limits'),
        }),
      ],
      solution: lines(`kubectl set resources deployment ${web} --limits=memory=256Mi`, 'sleep 60'),
      wrongRepairs: [
        lines('kubectl delete limitrange memory', `kubectl rollout restart deployment ${web}`, 'sleep 60'),
        lines(
          jsonPatch('limitrange memory', [
            { op: 'replace', path: '/spec/limits/0/max/memory', value: '8Gi' },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          `kubectl set resources deployment ${web} --limits=memory=64Mi --requests=memory=64Mi`,
          'sleep 60',
        ),
        change(web, remove('/resources')),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
      ],
    }
  }),
  lesson('missing-account', 'easy', 3, (draw) => {
    const web = draw.app()
    const account = draw.one('deployer', 'runner', 'reader')
    return {
      exams: ['ckad', 'cka'],
      texts: {
        ko: told(
          '만들어지지 않는 포드',
          `디플로이먼트 ${web}에 포드가 하나도 없습니다. ${web}는 자기 서비스 계정으로 실행되어야 합니다.`,
          ['kubectl describe replicaset: FailedCreate', 'kubectl get serviceaccounts'],
          `서비스 계정 ${account}가 없었습니다. 어드미션이 포드를 거부하므로 포드가 아니라 레플리카셋에 이벤트가 남습니다.`,
        ),
        en: told(
          'Pods that are never created',
          `The Deployment ${web} has no pod at all. ${web} must run as its own service account.`,
          ['kubectl describe replicaset: FailedCreate', 'kubectl get serviceaccounts'],
          `The service account ${account} did not exist. Admission refuses the pods, so the event is on ` +
            `the ReplicaSet.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, {}, { serviceAccountName: account })])
        cluster.advance('30s')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: /0\/2/ },
      goals: [
        isUp(web),
        goal(
          `The pods of ${web} run as ${account}.`,
          `${web}의 포드가 ${account} 계정으로 실행됩니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(({ spec }) => spec.serviceAccountName === account),
        ),
        keepsTheRest(),
      ],
      solution: lines(
        `kubectl create serviceaccount ${account}`,
        `kubectl rollout restart deployment ${web}`,
        'sleep 60',
      ),
      wrongRepairs: [
        lines(`kubectl set serviceaccount deployment ${web} default`, 'sleep 60'),
        lines(
          `kubectl create serviceaccount ${account} -n kube-system`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          `kubectl create serviceaccount ${account}`,
          `kubectl scale deployment ${web} --replicas=1`,
          'sleep 60',
        ),
        lines(
          `kubectl create serviceaccount ${account}`,
          `kubectl create clusterrolebinding ${account} --clusterrole=cluster-admin ` +
            `--serviceaccount=default:${account}`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(`kubectl run ${web} --image=nginx -l app=${web}`, 'sleep 60'),
      ],
    }
  }),
]
