<?php namespace Nar; ?>
<main class="govuk-main-wrapper" id="content">
<?php summary($form); ?>
<h1 class="govuk-heading-l"><?= e('Sign in') ?></h1>
<form method="post" action="/sign-in" novalidate><?php tokens(); ?><input type="hidden" name="next" value="<?= h($next) ?>">
<?php input($form, 'login', t('Login'), autocomplete: 'username');
input($form, 'password', t('Password'), type: 'password', autocomplete: 'current-password');
button(t('Sign in')); ?>
</form>
</main>
