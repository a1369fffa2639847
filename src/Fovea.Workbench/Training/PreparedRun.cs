using Fovea.Data;
using Fovea.Models;

namespace Fovea.Workbench;

/// <summary>A session with the names that its run is kept under.</summary>
/// <param name="Session">What is to be trained.</param>
/// <param name="ModelText">The model as text, or its type's name.</param>
/// <param name="Data">What the data are.</param>
/// <param name="Source">The data, where a request named them.</param>
internal sealed record PreparedRun(
    TrainingSession Session,
    string ModelText,
    DataIdentity Data,
    DataSource? Source = null
)
{
    /// <summary>What was asked for, as answers write it into commands; null for a module of the user's own.</summary>
    public TrainingRequest? Request { get; init; }

    /// <summary>Which weights the run starts from, in words; null for first values.</summary>
    public string? Begun { get; init; }

    /// <summary>Of a request: opens its data, builds its model and gives it its first weights.</summary>
    public static PreparedRun Of(TrainingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        TrainingRequest asked = request;
        request = Workbench.ModelText.WithWeights(request);
        DataSource data = RequestData.Open(request);
        RequestData.RequireEveryClass(data);
        string modelText = Workbench.ModelText.Resolve(request.Model ?? DefaultModel.For(data.Train.ItemShape));
        Module model = Workbench
            .ModelText.Create(modelText, data.Train.ItemShape, data.Train.Classes.Count)
            .Initialize(request.Seed ?? 0);
        List<string> notices = [];
        if (request.Init is { } source)
        {
            notices.Insert(0, StartingWeights.Load(model, source, request.InitState, notices.Add));
        }

        TrainingOptions options = TrainingOptions
            .From(ModelSource.Recipe(modelText, data.Train.Count), data.Train.Count, data.Train.Sizing is not null)
            .With(request);
        return new PreparedRun(new TrainingSession(model, data, options, null), modelText, DataIdentity.Of(data), data)
        {
            Request = asked,
            Begun = notices.Count > 0 ? string.Join(' ', notices) : null,
        };
    }

    /// <summary>Of a module of the user's own and labelled items.</summary>
    public static PreparedRun Of(
        Module model,
        DataSource data,
        TrainingOptions options,
        Func<Tensor, Tensor, Tensor>? loss
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return new PreparedRun(
            new TrainingSession(model, data, options, loss),
            model.GetType().Name,
            DataIdentity.Of(data)
        );
    }

    /// <summary>Of a module of the user's own and samples of several tensors.</summary>
    public static PreparedRun Of(
        Module model,
        SampleSource data,
        TrainingOptions options,
        SampleLoss loss,
        IReadOnlyList<Metric>? metrics
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return new PreparedRun(
            new TrainingSession(model, data, options, loss, metrics),
            model.GetType().Name,
            DataIdentity.Of(data)
        );
    }

    /// <summary>The model as text that people read: of an ONNX file its name.</summary>
    public string ShownModel => Workbench.ModelText.Shown(ModelText);

    /// <summary>What the run is about to do.</summary>
    /// <param name="folder">The run folder; null where nothing is kept.</param>
    public TrainingPlan Plan(string? folder) =>
        new(
            ShownModel,
            Data.Name,
            Session.Model.ParameterCount(),
            Session.Task.Count,
            Session.Task.HeldOutCount,
            Session.Loader.BatchesPerEpoch,
            Session.Options,
            folder,
            Session.State.Epoch
        )
        {
            FirstBatch = Session.State.Batch,
        };

    /// <summary>What a run of a request is called: network text by its file, or as such.</summary>
    /// <param name="model">The model as it was asked for; null where none was.</param>
    public string NameOf(string? model) =>
        (
            Workbench.ModelText.IsOnnx(ModelText) ? Path.GetFileNameWithoutExtension(ShownModel)
            : !ModelSource.IsNetworkText(ModelText) ? ModelText
            : model is not null && !ModelSource.IsNetworkText(model) ? Path.GetFileNameWithoutExtension(model)
            : "network"
        ) + $"-{Data.Name}";
}
