import { fireEvent, render } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { sidesOf, Strip } from '@/components/Strip';

const show = (scrollLeft: number, clientWidth: number, scrollWidth: number) => {
  vi.spyOn(Element.prototype, 'scrollLeft', 'get').mockReturnValue(scrollLeft);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(clientWidth);
  vi.spyOn(Element.prototype, 'scrollWidth', 'get').mockReturnValue(scrollWidth);
  const { container } = render(
    <Strip>
      <div>tags</div>
    </Strip>,
  );
  return [...container.querySelectorAll('button')];
};

test('there is more behind the end that is not reached, and none behind that which is', () => {
  expect(sidesOf({ scrollLeft: 0, clientWidth: 300, scrollWidth: 300.5 })).toEqual({ before: false, after: false });
  expect(sidesOf({ scrollLeft: 0, clientWidth: 300, scrollWidth: 400 })).toEqual({ before: false, after: true });
  expect(sidesOf({ scrollLeft: 40, clientWidth: 300, scrollWidth: 400 })).toEqual({ before: true, after: true });
  expect(sidesOf({ scrollLeft: 99.6, clientWidth: 300, scrollWidth: 400 })).toEqual({ before: true, after: false });
});

test('what fits has no arrows', () => {
  expect(show(0, 300, 300)).toEqual([]);
});

test('an arrow stands where there is more, and goes there', () => {
  const scrollBy = vi.fn();
  Element.prototype.scrollBy = scrollBy as typeof Element.prototype.scrollBy;
  const arrows = show(0, 300, 900);
  expect(arrows.map((arrow) => arrow.dataset.side)).toEqual(['after']);
  for (const arrow of arrows) fireEvent.click(arrow);
  expect(scrollBy).toHaveBeenCalledExactlyOnceWith({ left: 210 });
});
