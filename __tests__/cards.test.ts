import { setImmediate } from 'node:timers/promises';
import { cardPng } from '../lib/cards';
import { drawCard } from '../lib/draw-card';

jest.mock('../lib/draw-card');
const draw = jest.mocked(drawCard);

let drawing = 0;
let most = 0;
beforeEach(() => {
  most = 0;
  draw.mockReset().mockImplementation(async ({ title = '' }) => {
    drawing += 1;
    most = Math.max(most, drawing);
    await setImmediate();
    drawing -= 1;
    return Buffer.from(title);
  });
});

test('requests for one card share its drawing, and later ones take what was drawn', async () => {
  const pngs = await Promise.all(Array.from({ length: 50 }, () => cardPng({ title: 'shared' })));
  expect(pngs.map(String)).toEqual(Array.from({ length: 50 }, () => 'shared'));
  await cardPng({ title: 'shared' });
  expect(draw).toHaveBeenCalledTimes(1);
});

test('cards are drawn one at a time', async () => {
  const titles = Array.from({ length: 20 }, (_, index) => `turn ${index}`);
  const pngs = await Promise.all(titles.map((title) => cardPng({ title })));
  expect(pngs.map(String)).toEqual(titles);
  expect(most).toBe(1);
});

test('a drawing that fails is tried again, and holds up no other', async () => {
  draw.mockRejectedValueOnce(new Error('No font'));
  const [failed, other] = await Promise.allSettled([
    cardPng({ title: 'fails' }),
    cardPng({ title: 'works' }),
  ]);
  expect(failed.status).toBe('rejected');
  expect(other.status).toBe('fulfilled');
  expect(String(await cardPng({ title: 'fails' }))).toBe('fails');
});
