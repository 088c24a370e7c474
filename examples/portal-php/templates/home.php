<?php namespace Nar; ?>
<main class="govuk-main-wrapper" id="content">
<div class="nar-hero">
  <h1 class="govuk-heading-xl"><?= e('Education services in one place') ?></h1>
  <p class="govuk-body-l"><?= e('Apply, follow every step, and keep your documents, for yourself and for your children.') ?></p>
<?php if (!visitor()->is_signed_in()) { ?>
  <a class="govuk-button" href="/sign-in"><?= e('Sign in') ?></a>
<?php } ?>
</div>
<div class="nar-cards">
  <a class="nar-card" href="/appeals/new"><span class="nar-card__title"><?= e('Appeals to the ministry') ?></span><span class="nar-card__text"><?= e('You get a number at once, and see here what happens with your appeal.') ?></span></a>
  <a class="nar-card" href="/references"><span class="nar-card__title"><?= e('Electronic references') ?></span><span class="nar-card__text"><?= e('Made from the registers at once. Whoever gets it can check it by its QR code.') ?></span></a>
  <a class="nar-card" href="/verify"><span class="nar-card__title"><?= e('Check a document') ?></span><span class="nar-card__text"><?= e('Anyone can check whether a document comes from this portal, by its QR code.') ?></span></a>
</div>
</main>
