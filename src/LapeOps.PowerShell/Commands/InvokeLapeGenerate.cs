using System.Management.Automation;
using LapeOps.Chat;
using LapeOps.Generation;
using LapeOps.Interventions;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Answers prompts, with or without a mask, in batches.</summary>
/// <remarks>
/// Models and prompts come as parameters or by pipeline, in any order: each prompt is answered by each model or view. A string from the
/// pipeline is always a prompt. Views of one model are batched together, and each answers as it does alone. Defaults are the paper's:
/// greedy, repetition penalty 1.1. With -Chat each prompt is a message of the user, which the chat template in the model's folder writes as
/// the model expects it; conversations of several messages come as objects or from .jsonl files. Every answer of a masked view carries its proof of action; a mask that changes nothing in the whole
/// run is an error.
/// </remarks>
/// <example>
/// <code>Invoke-LapeGenerate -Model ./examples/demo -Prompt 'The menu' -MaxTokens 32</code>
/// <para>Answers a prompt.</para>
/// </example>
/// <example>
/// <code>'Pour ouvrir', 'Para abrir' | Invoke-LapeGenerate -Model $plain, $masked -Stop "`n" | ForEach-Object { "$($_.Mask): $_" }</code>
/// <para>Answers two prompts by two views up to the end of the line.</para>
/// </example>
/// <example>
/// <code>Invoke-LapeGenerate -Model ./gemma-3-270m-it -Prompt 'Who wrote Faust?' -Chat</code>
/// <para>Asks an instruction-tuned model in the words of its chat template.</para>
/// </example>
/// <example>
/// <code>Invoke-LapeGenerate -Model ./gemma-3-270m-it -Conversation @{ role = 'system'; content = 'Answer in Spanish.' }, @{ role = 'user'; content = 'Who wrote Faust?' }</code>
/// <para>Answers a conversation. An object with the property messages is one, too, and a file for -ConversationPath has one a line.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "LapeGenerate")]
[OutputType(typeof(LapeCompletion))]
public sealed class InvokeLapeGenerateCommand : ModelCmdlet
{
    private static readonly GenerationOptions Defaults = new();
    private readonly List<LapeModel> _models = [];
    private readonly List<Func<LapeModel, GenerationRequest?>> _requests = [];
    private readonly List<object> _messages = [];
    private readonly Dictionary<LanguageModel, ChatTemplate> _templates = [];
    private readonly Dictionary<ModelView, long> _changed = [];
    private readonly List<GenerationRequest> _waiting = [];
    private readonly HashSet<LanguageModel> _beyondLimit = [];
    private int _number;
    private bool _asked;

    /// <summary>Open models and views, or paths of model folders.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    [ModelsTransformation]
    public ModelReference[] Model { get; set; } = [];

    /// <summary>Prompts.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public string[] Prompt { get; set; } = [];

    /// <summary>
    /// Prompts (strings), models and views (of Open-LapeModel, Set-LapeMask, Clear-LapeMask), or conversations: objects with messages, lists of
    /// messages, or single messages with role and content, which together are one conversation.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>
    /// Writes each prompt with the model's chat template: chat_template.jinja in its folder, or chat_template in tokenizer_config.json. Special
    /// tokens are those that the template writes; no row start is put before them. Conversations are always written so.
    /// </summary>
    [Parameter]
    public SwitchParameter Chat { get; set; }

    /// <summary>Messages of one conversation (hashtables or objects with role and content), or conversations: objects with messages, or lists of messages.</summary>
    [Parameter]
    [ValidateNotNull]
    public object[] Conversation { get; set; } = [];

    /// <summary>Files of conversations, one a line as JSON: {"messages": [{"role": "user", "content": "..."}]}. A broken line is an error, and the others are answered.</summary>
    [Parameter]
    [ValidateNotNull]
    [SupportsWildcards]
    public string[] ConversationPath { get; set; } = [];

    /// <summary>New tokens at the most.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxTokens { get; set; } = Defaults.MaxTokens;

    /// <summary>0 (default) takes the likeliest token; above 0, samples from logits divided by it.</summary>
    [Parameter]
    public double Temperature { get; set; } = Defaults.Temperature;

    /// <summary>Samples among the likeliest tokens that together have this probability.</summary>
    [Parameter]
    public double TopP { get; set; } = Defaults.TopP;

    /// <summary>Seed of sampling; the same seed gives the same answers, whatever the batch size.</summary>
    [Parameter]
    public ulong Seed { get; set; }

    /// <summary>Logits of ids seen in prompt and answer are divided by it if positive, else multiplied; 1 for none.</summary>
    [Parameter]
    public double RepetitionPenalty { get; set; } = Defaults.RepetitionPenalty;

    /// <summary>Texts that end an answer; they are not part of it.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] Stop { get; set; } = [];

    /// <summary>Prompts computed together.</summary>
    [Parameter]
    [ValidateRange(1, 4096)]
    public int BatchSize { get; set; } = Defaults.BatchSize;

    /// <summary>Writes text to the host as it is decided, and still emits the answers. Prompts are then answered one by one.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    /// <summary>Allows a mask that changes nothing in the whole run.</summary>
    [Parameter]
    public SwitchParameter AllowNoOp { get; set; }

    private GenerationOptions Options => new()
    {
        MaxTokens = MaxTokens,
        Temperature = Temperature,
        TopP = TopP,
        Seed = Seed,
        RepetitionPenalty = RepetitionPenalty,
        Stop = Stop,
        BatchSize = Stream ? 1 : BatchSize,
    };

    /// <inheritdoc/>
    protected override void BeginProcessing() => Guard(Model, terminating: true, () =>
    {
        Options.Validate();
        if (Temperature == 0 && (MyInvocation.BoundParameters.ContainsKey(nameof(TopP)) || MyInvocation.BoundParameters.ContainsKey(nameof(Seed))))
            WriteWarning("TopP and Seed do nothing without a Temperature above 0: the likeliest token is taken.");
        _models.AddRange(Model.Select(m => OpenModel(m)));
        if (Chat)
            foreach (var model in _models)
                TemplateOf(model.View.Model);
        foreach (var prompt in Prompt)
            Later(RequestOf(prompt));
        foreach (var item in Conversation)
            Guard(item, terminating: false, () => Converse(item));
        ConverseCollected();
    });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (InputObject?.BaseObject)
        {
            case null when MyInvocation.ExpectingInput:
                Guard(null, terminating: false, () => throw new LapeException("InputUnexpected", "A null came by pipeline where a prompt or a model was expected: it is not answered."));
                break;
            case null:
                break;
            case string prompt when Model.Length > 0:
                Guard(prompt, terminating: false, () => Ask(RequestOf(prompt)));
                break;
            case string prompt:
                Later(RequestOf(prompt));
                break;
            case LapeModel model:
                _models.Add(model);
                break;
            case var _ when ConversationInput.IsConversation(InputObject) || ConversationInput.IsMessage(InputObject):
                Guard(InputObject, terminating: false, () => Converse(InputObject));
                break;
            case var other:
                Guard(other, terminating: false, () => throw new LapeException("InputUnexpected",
                    $"A {other.GetType().Name} is neither a prompt (a string), nor a model of Open-LapeModel or Set-LapeMask, nor a conversation (messages with role and content)."));
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(null, terminating: true, () =>
    {
        if (_models.Count == 0)
            throw new LapeException("ModelMissing", "No model was given and none came by pipeline. Give -Model, or pipe from Open-LapeModel or Set-LapeMask.");
        ConverseCollected();
        if (!_asked && ConversationPath.Length == 0)
            throw new LapeException("PromptMissing", "No prompt was given and none came by pipeline. Give -Prompt, -Conversation or -ConversationPath, or pipe strings.");
        foreach (var request in _requests)
            Ask(request);
        AskFiles();
        Answer();
        foreach (var (view, changed) in _changed)
            ProofOfAction.Require(view.Name, view.Intervention!.NeuronCount, changed, AllowNoOp);
    });

    private Func<LapeModel, GenerationRequest?> RequestOf(string prompt)
    {
        if (Chat)
            return RequestOf(ChatConversation.OfUser(prompt), prompt);
        return model => GenerationRequest.Of(model.View, prompt, _number++);
    }

    // What the template refuses is an error of this conversation alone.
    private Func<LapeModel, GenerationRequest?> RequestOf(ChatConversation conversation, object target) => model =>
    {
        var template = TemplateOf(model.View.Model);
        GenerationRequest? request = null;
        Guard(target, terminating: false, () => request = GenerationRequest.Of(model.View, template, conversation, _number++));
        return request;
    };

    private ChatTemplate TemplateOf(LanguageModel model) =>
        _templates.TryGetValue(model, out var template) ? template : _templates[model] = ChatTemplate.Open(model.Folder);

    private void Later(Func<LapeModel, GenerationRequest?> request)
    {
        _asked = true;
        _requests.Add(request);
    }

    private void Converse(object item)
    {
        _asked = true;
        if (ConversationInput.IsConversation(item))
            Later(RequestOf(ConversationInput.Of(item), item));
        else
            _messages.Add(item);
    }

    private void ConverseCollected()
    {
        if (_messages.Count == 0)
            return;
        object[] messages = [.. _messages];
        _messages.Clear();
        Guard(messages, terminating: false, () => Converse(messages));
    }

    private void AskFiles()
    {
        List<string> files = [];
        foreach (var path in ConversationPath)
            Guard(path, terminating: false, () => files.AddRange(Resolve(path, literal: false)));
        foreach (var file in files)
            foreach (var (source, conversation) in Conversations(file))
                Ask(RequestOf(conversation, source));
    }

    // The conversations of a file; a broken line, or a file that breaks off, is an error and no more.
    private IEnumerable<(string Source, ChatConversation Conversation)> Conversations(string file)
    {
        using var lines = ConversationFile.Lines(file).GetEnumerator();
        for (var more = false; Guard(file, terminating: false, () => more = lines.MoveNext()) && more;)
        {
            ChatConversation? conversation = null;
            if (Guard(lines.Current.Source, terminating: false, () => conversation = lines.Current.Parse()))
                yield return (lines.Current.Source, conversation!);
        }
    }

    private void Ask(Func<LapeModel, GenerationRequest?> requestOf)
    {
        _asked = true;
        foreach (var model in _models)
        {
            if (_waiting.Count > 0 && _waiting[0].View.Model != model.View.Model)
                Answer();
            if (requestOf(model) is not { } request)
                continue;
            if (request.Ids.Count + MaxTokens > model.View.Model.Shape.ContextLimit && _beyondLimit.Add(model.View.Model))
                WriteWarning($"{request.Ids.Count} prompt tokens and {MaxTokens} new ones go beyond the {model.View.Model.Shape.ContextLimit} that '{model.Name}' was made for; its rotary positions go on, its quality may not.");
            _waiting.Add(request);
            if (_waiting.Count == Options.BatchSize)
                Answer();
        }
    }

    private void Answer()
    {
        GenerationRequest[] batch = [.. _waiting];
        _waiting.Clear();
        var options = Options;
        var answers = Work(emitter => Generator.Answer(batch, options, Stream ? (_, text) => emitter.Host(text) : null, emitter.Stop));
        if (Stream && answers.Count > 0)
            Host.UI.WriteLine();
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].Proof is { } proof)
                _changed[batch[i].View] = _changed.GetValueOrDefault(batch[i].View) + proof.ValuesChanged;
            WriteObject(new LapeCompletion(answers[i]));
        }
    }
}
