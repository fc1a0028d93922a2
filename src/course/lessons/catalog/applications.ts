import { goal, podsOf, comesUp, endpointsOf, isUp, objectOf, templateOf } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { misspelt } from '../draw.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, patch, pattern } from '../shared.js'

/** Chapter 8: applications that do not work. */
export const applicationLessons: readonly LessonSource[] = [
  lesson('T1-selector', 'easy', 3, (draw) => {
    const web = draw.app()
    const wbe = misspelt(web)
    return {
      exams: ['cka', 'ckad'],
      texts: {
        ko: {
          title: '아무도 닿지 못하는 서비스',
          symptom: `포드는 잘 실행되는데 서비스 ${web}으로는 아무도 닿지 못합니다.`,
          hints: ['kubectl get endpointslices', '포드의 레이블과 서비스의 셀렉터를 비교하세요.'],
          explanation: `셀렉터가 app=${wbe}라서 어느 포드도 선택하지 않았습니다. 틀린 셀렉터는 오류가 아니라 빈 엔드포인트가 됩니다.`,
        },
        en: {
          title: 'A Service that nobody reaches',
          symptom: `Nobody reaches the Service ${web}, though its pods run.`,
          hints: [
            'kubectl get endpointslices',
            'Compare the labels of the pods with the selector of the Service.',
          ],
          explanation:
            `The selector app=${wbe} matched no pod. A wrong selector is no error; it gives ` +
            `empty endpoints.`,
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {}),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: web },
            spec: { selector: { app: wbe }, ports: [{ port: 80 }] },
          },
        ])
        cluster.settle()
      },
      shows: { run: 'kubectl get endpointslices', prints: pattern`${web}-\S+ .*<unset>` },
      goals: [
        goal(
          `The Service ${web} leads to both pods of the Deployment ${web}.`,
          `서비스 ${web}이 디플로이먼트 ${web}의 포드 둘로 이어집니다.`,
          (desk) => {
            if (!comesUp(desk, web, 2)) return false
            const { cluster } = desk
            const own = new Set(podsOf(cluster, web).map(({ metadata }) => metadata.name))
            const reached = endpointsOf(cluster, web).map(({ targetRef }) => targetRef?.name)
            return own.size >= 2 && reached.length === own.size && reached.every((name) => own.has(name))
          },
        ),
        keepsTheRest({ [`services/${web}`]: changing('spec.selector') }),
      ],
      solution: `kubectl patch service ${web} -p '{"spec":{"selector":{"app":"${web}"}}}'`,
      wrongRepairs: [
        lines(`kubectl label pods -l app=${web} app=${wbe} --overwrite`, 'sleep 60'),
        lines(
          `kubectl run fake --image=nginx -l app=${wbe}`,
          `kubectl run fake2 --image=nginx -l app=${wbe}`,
          'sleep 60',
        ),
        lines(patch(`service ${web}`, { spec: { selector: null } }), 'sleep 30'),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${wbe} --image=nginx --replicas=2`,
          'sleep 60',
        ),
        `kubectl delete service ${web}`,
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { metadata: { labels: { app: web, tier: 'x' } } } },
          }),
          patch(`service ${web}`, { spec: { selector: { app: null, tier: 'x' } } }),
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('T1-config', 'easy', 3, (draw) => {
    const web = draw.app()
    const settings = draw.one('settings', 'features', 'limits')
    return {
      exams: ['ckad'],
      texts: {
        ko: {
          title: '만들어지지 않는 컨테이너',
          symptom: `${web}의 포드가 CreateContainerConfigError에 머물러 있습니다.`,
          hints: ['kubectl describe pod', '컨테이너가 환경 변수를 가져올 객체가 없습니다.'],
          explanation: `컨피그맵 ${settings}가 없었습니다. 만들면 kubelet이 다시 시도하므로 포드를 지울 필요가 없습니다.`,
        },
        en: {
          title: 'Containers that are not created',
          symptom: `The pods of ${web} stay in CreateContainerConfigError.`,
          hints: [
            'kubectl describe pod',
            'Something that the container takes its variables from is not there.',
          ],
          explanation:
            `The ConfigMap ${settings} was missing. The kubelet tries again by itself: no need to delete ` +
            'the pods.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, { envFrom: [{ configMapRef: { name: settings } }] })])
        cluster.advance('30s')
      },
      shows: { run: 'kubectl get pods', prints: /CreateContainerConfigError/ },
      goals: [
        goal(
          `The ConfigMap ${settings} exists.`,
          `컨피그맵 ${settings}가 있습니다.`,
          ({ cluster }) => objectOf(cluster, 'configmaps', settings) !== undefined,
        ),
        isUp(web),
        keepsTheRest(),
      ],
      solution: `kubectl create configmap ${settings} --from-literal=mode=fast`,
      wrongRepairs: [
        lines(
          jsonPatch(`deployment ${web}`, [
            { op: 'remove', path: '/spec/template/spec/containers/0/envFrom' },
          ]),
          'sleep 60',
        ),
        lines(
          jsonPatch(`deployment ${web}`, [
            {
              op: 'add',
              path: '/spec/template/spec/containers/0/envFrom/0/configMapRef/optional',
              value: true,
            },
          ]),
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${web} --image=nginx --replicas=2`,
          'sleep 60',
        ),
        lines('kubectl create configmap setting --from-literal=mode=fast', 'sleep 60'),
      ],
    }
  }),
  lesson('T1-image', 'easy', 2, (draw) => {
    const web = draw.app()
    return {
      exams: ['ckad'],
      options: {
        nodes: 2,
        images: {
          'ngnix:latest': {
            pullError: 'pull access denied, repository does not exist or may require authorization',
          },
        },
      },
      texts: {
        ko: {
          title: '받지 못하는 이미지',
          symptom: `${web}의 포드가 ImagePullBackOff에 머물러 있습니다.`,
          hints: ['kubectl describe pod', '이미지의 이름을 천천히 읽어 보세요.'],
          explanation:
            'nginx를 ngnix라고 적었습니다. 레지스트리는 없는 저장소와 권한 없는 저장소를 구별해 주지 않습니다.',
        },
        en: {
          title: 'An image that cannot be pulled',
          symptom: `The pods of ${web} stay in ImagePullBackOff.`,
          hints: ['kubectl describe pod', 'Read the name of the image slowly.'],
          explanation:
            'nginx was spelt ngnix. A registry does not tell a repository that does not exist from one ' +
            'you may not see.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, { image: 'ngnix:latest' })])
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get pods', prints: /ImagePullBackOff|ErrImagePull/ },
      goals: [
        goal(
          `${web} runs nginx.`,
          `${web}이 nginx를 실행합니다.`,
          ({ cluster }) =>
            templateOf(cluster, web)?.containers.every(({ image = '' }) =>
              /^(docker\.io\/(library\/)?)?nginx(:[\w.-]+)?$/.test(image),
            ) === true,
        ),
        isUp(web),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.spec.containers.*.image') }),
      ],
      solution: `kubectl set image deployment/${web} ${web}=nginx`,
      wrongRepairs: [
        lines(`kubectl set image deployment/${web} ${web}=busybox`, 'sleep 60'),
        lines(`kubectl set image deployment/${web} ${web}=httpd`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(`kubectl delete deployment ${web}`, 'sleep 60'),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: { spec: { containers: [{ name: web, image: 'nginx', command: ['sleep', '1d'] }] } },
            },
          }),
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('quota', 'easy', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['cka', 'ckad'],
      texts: {
        ko: {
          title: '둘이어야 하는데 하나',
          symptom: `디플로이먼트 ${web}은 포드가 둘이어야 하는데 하나뿐입니다. Pending인 포드도 없습니다.`,
          hints: [
            'kubectl describe replicaset',
            'kubectl describe quota',
            '리소스쿼터의 pods를 늘리세요. 레플리카셋은 잠시 뒤에 다시 시도합니다.',
          ],
          explanation:
            '리소스쿼터가 포드를 하나만 허용했습니다. 거절은 만들 때 일어나므로 포드가 아니라 레플리카셋의 이벤트에 남습니다.',
        },
        en: {
          title: 'A replica is missing',
          symptom: `The Deployment ${web} has one pod where it should have two, and none is Pending.`,
          hints: [
            'kubectl describe replicaset',
            'kubectl describe quota',
            'Raise pods in the ResourceQuota. The ReplicaSet tries again after a while.',
          ],
          explanation:
            'A ResourceQuota allowed one pod. The refusal happens at creation, so the event is on the ' +
            'ReplicaSet, not on a pod.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'ResourceQuota',
            metadata: { name: 'few', namespace: 'default' },
            spec: { hard: { pods: '1' } },
          },
        ])
        cluster.settle()
        cluster.apply([deployment(web, {})])
        cluster.settle()
      },
      shows: { run: `kubectl get deployment ${web}`, prints: pattern`${web} +1/2` },
      goals: [
        isUp(web),
        goal(
          'A ResourceQuota still limits the pods of the namespace.',
          '리소스쿼터가 여전히 네임스페이스의 포드 수를 제한합니다.',
          ({ cluster }) =>
            cluster.state
              .peek('resourcequotas', { namespace: 'default' })
              .some(
                ({ spec }) => Number(spec.hard?.['pods'] ?? spec.hard?.['count/pods'] ?? Infinity) <= 1000,
              ),
        ),
        keepsTheRest({ 'resourcequotas/few': changing('spec.hard.pods') }),
      ],
      solution:
        `kubectl patch resourcequota few -p '{"spec":{"hard":{"pods":"10"}}}'; sleep 60; kubectl rollout ` +
        `restart deployment ${web}`,
      wrongRepairs: [
        lines('kubectl delete resourcequota few', `kubectl rollout restart deployment ${web}`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=1`, 'sleep 60'),
        lines(
          jsonPatch('resourcequota few', [{ op: 'remove', path: '/spec/hard/pods' }]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(`kubectl delete deployment ${web}`, 'sleep 30'),
      ],
    }
  }),
]
