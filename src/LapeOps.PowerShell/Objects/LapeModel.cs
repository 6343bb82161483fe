namespace LapeOps.PowerShell.Objects;

/// <summary>An open model, plain or under a mask: what Open-LapeModel and Set-LapeMask write and every other cmdlet takes.</summary>
public sealed class LapeModel
{
    internal LapeModel(ModelView view)
    {
        View = view;
    }

    /// <summary>Name of the model's folder.</summary>
    public string Name => View.Model.Name;

    /// <summary>Name of the mask; "none" without one.</summary>
    public string Mask => View.Name;

    /// <summary>Neurons that the mask touches.</summary>
    public int Neurons => View.Intervention?.NeuronCount ?? 0;

    /// <summary>Neurons that the mask touches in each layer; empty without a mask.</summary>
    public NumberList<int> NeuronsPerLayer => new(View.Intervention?.NeuronsPerLayer ?? []);

    /// <summary>Layers of the model.</summary>
    public int Layers => View.Model.Shape.Layers;

    /// <summary>Neurons of a feed-forward layer.</summary>
    public int Width => View.Model.Shape.Width;

    /// <summary>Where it computes.</summary>
    public string Device => View.Model.DeviceName;

    /// <summary>What its linear layers compute in.</summary>
    public string DType => View.Model.Type.ToString();

    /// <summary>Whether it was closed.</summary>
    public bool Closed => View.Model.Closed;

    /// <summary>The model's folder.</summary>
    public string Path => View.Model.Folder;

    /// <summary>Tells models apart.</summary>
    public string Fingerprint => View.Model.Fingerprint;

    internal ModelView View { get; }

    /// <summary>Name and mask.</summary>
    public override string ToString() => View.Intervention is null ? Name : $"{Name} ({Mask})";
}
