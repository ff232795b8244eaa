/**
 * Blocks of WordPress as plain HTML with classes of the fixed set: what a style or a script would do is done
 * by elements where there are such, and what is told by nothing but a style is told by classes.
 */
import { toString } from 'hast-util-to-string';
import type { Element, Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';
import { blockClasses, declarationsIn } from './blocks';
import { classesIn, element, find, textIn } from './hast';

/** Shapes all blocks; returns true if one of them has a class, and so needs the stylesheet of blocks. */
export function shapeBlocks(tree: Root): boolean {
  let hasClasses = false;
  visit(tree, 'element', (one) => {
    const classes = classesIn(one);
    const styles = declarationsIn(one.properties.style);
    for (const name of classes) {
      const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
      shape?.(one, styles);
    }
    shapeElement(one, styles);
    // Its language is named already.
    if (one.tagName === 'code') return;
    delete one.properties.style;
    const className = blockClasses(classesIn(one), styles);
    hasClasses ||= className.length > 0;
    one.properties.className = className.length > 0 ? className : undefined;
  });
  return hasClasses;
}

type Styles = ReadonlyMap<string, string>;

const TYPES: Readonly<Record<string, string>> = {
  'upper-alpha': 'A',
  'lower-alpha': 'a',
  'upper-roman': 'I',
  'lower-roman': 'i',
};

function shapeElement(one: Element, styles: Styles): void {
  const { tagName, properties } = one;
  if (tagName === 'ol')
    properties.type = TYPES[styles.get('list-style-type') ?? ''] ?? properties.type;
  if (tagName === 'img') resize(properties, styles.get('width'));
  // Nothing else would play it.
  if (tagName === 'video' || tagName === 'audio') {
    properties.controls = !classesIn(one).includes('wp-block-cover__video-background');
  }
  if (tagName === 'math') {
    const written = find(one, (part) => part.tagName === 'annotation');
    one.tagName = 'code';
    one.properties = {};
    one.children = [{ type: 'text', value: toString(written ?? one) }];
  }
}

/** To the width that its editor chose, in pixels, as its attributes say it. */
function resize(properties: Element['properties'], width: string | undefined): void {
  const pixels = Math.round(Number(/^([\d.]+)px$/.exec(width ?? '')?.[1]));
  if (!(pixels > 0)) return;
  const [before, height] = [Number(properties.width), Number(properties.height)];
  if (before > 0 && height > 0) properties.height = Math.round((height * pixels) / before);
  properties.width = pixels;
}

/** What is done to the elements of a class. */
const SHAPES: Readonly<Record<string, (one: Element, styles: Styles) => void>> = {
  'wp-block-cover': shapeCover,
  'wp-block-cover-image': shapeCover,
  'wp-block-cover__image-background': (one, styles) => {
    if (one.tagName === 'img' || one.tagName === 'video') return;
    const picture = pictureOf(one, styles);
    if (!picture) return;
    one.tagName = 'img';
    one.properties = { ...picture.properties, style: one.properties.style };
    one.children = [];
  },
  'wp-block-accordion-item': (item) => {
    item.tagName = 'details';
    item.properties.open = classesIn(item).includes('is-open');
  },
  'wp-block-accordion-heading': (heading) => {
    const title = find(heading, (one) =>
      classesIn(one).includes('wp-block-accordion-heading__toggle-title'),
    );
    heading.tagName = 'summary';
    heading.children = title?.children ?? [{ type: 'text', value: toString(heading) }];
  },
  'wp-block-tabs': shapeTabs,
};

/** The class that an overlay of its own begins with, and those by which a cover is its own overlay. */
const OVERLAY_ELEMENT = /__(?:gradient-)?background$/;
const OVERLAY =
  /^has-background-(?:dim(?:-\d+)?|gradient)$|^has-[\w-]+-(?:background-color|gradient-background)$/;
const isOverlay = (name: string): boolean => OVERLAY.test(name);

/** Older covers are their own overlay, and have their picture in their style alone. */
function shapeCover(cover: Element, styles: Styles): void {
  const classes = classesIn(cover);
  if (!find(cover, (one) => one !== cover && OVERLAY_ELEMENT.test(classesIn(one)[0] ?? ''))) {
    const dim = classes.filter(isOverlay);
    const ground = styles.get('background-color');
    if (dim.length > 0 || ground !== undefined) {
      const className = ['wp-block-cover__background', ...dim];
      cover.children.unshift(
        element('span', {
          className,
          ...(ground !== undefined && { style: `background-color:${ground}` }),
        }),
      );
    }
  }
  cover.properties.className = classes.filter(
    (name) => !isOverlay(name) && name !== 'has-background',
  );
  const picture = pictureOf(cover, styles);
  if (picture) cover.children.unshift(picture);
}

/** The picture of a cover's style, or of the attribute from which a plugin's script puts it there. */
function pictureOf(cover: Element, styles: Styles): Element | undefined {
  const written = styles.get('background-image') ?? styles.get('background') ?? '';
  const [, double, single, bare] =
    /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)/i.exec(written) ?? [];
  const src = (double ?? single ?? bare ?? '').trim() || textIn(cover, 'dataBg');
  if (src === '') return undefined;
  return element('img', {
    className: ['wp-block-cover__image-background'],
    src,
    alt: textIn(cover, 'ariaLabel'),
    loading: 'lazy',
    style: `object-position:${styles.get('background-position') ?? ''}`,
  });
}

/** All panels, one below the other, each with its label, which is a button elsewhere. */
function shapeTabs(tabs: Element): void {
  const labels: string[] = [];
  visit(tabs, 'element', (one) => {
    if (one.properties.role !== 'tab') return;
    labels.push(toString(one));
    return SKIP;
  });
  visit(tabs, 'element', (one) => {
    if (one.properties.role !== 'tabpanel') return;
    const label = labels.shift();
    if (label === undefined) return SKIP;
    const value = label.trim();
    one.children.unshift(element('p', { style: 'font-weight:bold' }, [{ type: 'text', value }]));
    return SKIP;
  });
}
